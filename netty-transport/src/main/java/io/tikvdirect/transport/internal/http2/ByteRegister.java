package io.tikvdirect.transport.internal.http2;

import io.netty.buffer.ByteBuf;

/** Confined to its event loop: up to eight big-endian bytes that come when they come. */
final class ByteRegister {
    private long value;
    private int count;

    /** Collects bytes until there are {@code length} of them; false when {@code in} has not so many yet. */
    boolean gather(final ByteBuf in, final int length) {
        while (count < length && in.isReadable()) {
            value = value << 8 | in.readUnsignedByte();
            count++;
        }
        return count == length;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The bytes collected; the register is empty afterwards. */
    long take() {
        final long taken = value;
        value = 0;
        count = 0;
        return taken;
    }
}
