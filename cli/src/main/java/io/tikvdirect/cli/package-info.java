/** The program behind {@code ./tikv}: the command tree, the console and the exit codes. */
@NullMarked
package io.tikvdirect.cli;

import org.jspecify.annotations.NullMarked;
