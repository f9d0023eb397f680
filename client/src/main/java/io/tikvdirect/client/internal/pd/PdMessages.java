package io.tikvdirect.client.internal.pd;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.proto.pdpb.RequestHeader;

/** Thread-safe, without state. PD's messages, to and from buffers. */
final class PdMessages {
    /** Shown in PD's logs and metrics. */
    private static final String CALLER = "tikv-direct";

    private PdMessages() {}

    static RequestHeader header(final long clusterId) {
        return RequestHeader.newBuilder()
                .setClusterId(clusterId)
                .setCallerId(CALLER)
                .build();
    }

    /** Gives a buffer with the message. */
    static ByteBuf encode(final Message message, final ByteBufAllocator allocator) {
        final byte[] bytes = message.toByteArray();
        final int length = Math.max(1, bytes.length);
        return allocator.directBuffer(length, length).writeBytes(bytes);
    }

    /** Borrows the buffer. */
    static <M> M decode(final Parser<M> parser, final ByteBuf bytes) {
        try {
            return parser.parseFrom(bytes.nioBuffer());
        } catch (final InvalidProtocolBufferException malformed) {
            throw new ProtocolException("PD's answer is not a well-formed message", FailureDetails.NONE, malformed);
        }
    }
}
