/** The records that {@code load} reads and {@code dump} writes: TSV, CSV and JSON Lines, exact to the byte. */
@NullMarked
package io.tikvdirect.cli.format;

import org.jspecify.annotations.NullMarked;
