package io.tikvdirect.bench.nullserver;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.io.IOException;

/**
 * Immutable. How one method is served.
 *
 * @param isUnary whether the call ends with its answer
 * @param answer makes an answer for each message
 */
record Rpc(boolean isUnary, Answer answer) {

    /** Confined to the caller's event loop during a call. */
    @FunctionalInterface
    interface Answer {
        /**
         * Writes the answer to a message.
         *
         * @param request holds the message; <i>borrowed</i>
         * @param offset where it begins
         * @param length its length
         * @param out takes the answer's bytes; <i>borrowed</i>
         * @return false for no answer at all
         */
        boolean to(ByteBuf request, int offset, int length, ByteBuf out) throws IOException, MalformedMessageException;
    }
}
