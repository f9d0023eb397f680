/** Streaming a range of keys out again. */
@NullMarked
package io.tikvdirect.cli.dump;

import org.jspecify.annotations.NullMarked;
