/** Bytes as text a person can type: the shell language's words and escapes, and JSON output. */
@NullMarked
package io.tikvdirect.cli.text;

import org.jspecify.annotations.NullMarked;
