package io.tikvdirect.bench.nullserver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Confined to its connection's event loop. One call: a message being put together, and answers that wait for window. */
final class ServerStream {
    private static final int PREFIX = 5;

    final int id;
    final Rpc rpc;
    private final ByteBufAllocator allocator;
    private ByteBuf partial;
    private ByteBuf waiting;
    /** Bytes the peer takes on this stream. */
    long window;
    /** Bytes received for which no credit was given back. */
    int uncredited;

    boolean headersSent;
    boolean ends;

    ServerStream(int id, Rpc rpc, long window, ByteBufAllocator allocator) {
        this.id = id;
        this.rpc = rpc;
        this.window = window;
        this.allocator = allocator;
        this.partial = allocator.directBuffer(256);
        this.waiting = allocator.directBuffer(256);
    }

    /** Gets the whole messages of the stream. */
    interface MessageSink {
        void onMessage(ServerStream stream, ByteBuf in, int offset, int length);
    }

    /** Takes bytes of messages in; a message that lies wholly in them is not copied. */
    void onData(ByteBuf in, int offset, int length, MessageSink sink) {
        if (partial.isReadable()) {
            partial.writeBytes(in, offset, length);
            int used = readMessages(partial, partial.readerIndex(), partial.readableBytes(), sink);
            partial.skipBytes(used);
            if (partial.isReadable()) {
                partial.discardSomeReadBytes();
            } else {
                partial.clear();
            }
        } else {
            int used = readMessages(in, offset, length, sink);
            partial.writeBytes(in, offset + used, length - used);
        }
    }

    private int readMessages(ByteBuf in, int offset, int length, MessageSink sink) {
        int at = 0;
        while (length - at >= PREFIX) {
            int size = in.getInt(offset + at + 1);
            if (length - at - PREFIX < size) {
                break;
            }
            sink.onMessage(this, in, offset + at + PREFIX, size);
            at += PREFIX + size;
        }
        return at;
    }

    /** What is to be sent, as far as the windows allow. */
    ByteBuf waiting() {
        return waiting;
    }

    /** Forgets what was sent. */
    void compact() {
        if (!waiting.isReadable()) {
            waiting.clear();
            if (waiting.capacity() > 1 << 20) {
                waiting.release();
                waiting = allocator.directBuffer(256);
            }
        }
    }

    void release() {
        partial.release();
        waiting.release();
    }
}
