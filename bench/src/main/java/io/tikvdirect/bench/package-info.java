/** JMH benchmarks of the client against a server in a process of its own. */
@NullMarked
package io.tikvdirect.bench;

import org.jspecify.annotations.NullMarked;
