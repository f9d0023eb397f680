/** Which cluster a command talks to: the common options, and the client or embedded cluster they open. */
@NullMarked
package io.tikvdirect.cli.cluster;

import org.jspecify.annotations.NullMarked;
