/** The shell: statements, their execution against a cluster, and how an answer is shown. */
@NullMarked
package io.tikvdirect.cli.shell;

import org.jspecify.annotations.NullMarked;
