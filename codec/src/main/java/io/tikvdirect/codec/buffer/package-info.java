/** Buffers without JVM flags: views of Netty memory as Agrona buffers, reusable keys, copies and comparisons. */
@NullMarked
package io.tikvdirect.codec.buffer;

import org.jspecify.annotations.NullMarked;
