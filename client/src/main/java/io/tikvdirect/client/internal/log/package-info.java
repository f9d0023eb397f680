/** What is written to the log, and how keys look there. */
@NullMarked
package io.tikvdirect.client.internal.log;

import org.jspecify.annotations.NullMarked;
