/** The protobuf wire format over Netty buffers: writing, reading and walking messages in place. */
@NullMarked
package io.tikvdirect.codec.wire;

import org.jspecify.annotations.NullMarked;
