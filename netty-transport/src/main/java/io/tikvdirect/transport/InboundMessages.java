package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.grpc.GrpcFramingException;
import io.tikvdirect.codec.grpc.GrpcMessageReader;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its connection's event loop: turns the DATA bytes of a call into messages, as many as are asked for. With
 * demand, bytes go from the receive buffer into the message reader and a message that lies wholly in it is delivered
 * without a copy. Without demand they are copied aside, bounded by the stream's window, because no credit is given back
 * for them until they are consumed.
 */
final class InboundMessages {
    /** Smallest piece of memory for bytes put aside. */
    private static final int CHUNK = 16 * 1024;

    /** Confined to the loop: gets messages; tells when the call is over, which ends delivery. */
    interface Sink {
        void deliver(ByteBuf message);

        boolean isClosed();
    }

    private final ByteBufAllocator allocator;
    private final Sink sink;
    private final ArrayDeque<ByteBuf> aside = new ArrayDeque<>(1);
    private long asideBytes;
    private int demand;
    private boolean delivering;
    private @Nullable GrpcMessageReader reader;

    InboundMessages(final ByteBufAllocator allocator, final Sink sink, final int demand) {
        this.allocator = allocator;
        this.sink = sink;
        this.demand = demand;
    }

    /** Response headers came: it is known how messages are encoded. */
    void begin(final int maxMessageSize, final boolean gzip) {
        reader = new GrpcMessageReader(allocator, maxMessageSize, gzip);
    }

    void addDemand(final int messages) {
        demand = messages > CallOptions.UNLIMITED - demand ? CallOptions.UNLIMITED : demand + messages;
    }

    long asideBytes() {
        return asideBytes;
    }

    boolean isInsideMessage() {
        return reader != null && reader.isWithinMessage();
    }

    /**
     * Takes the next {@code length} bytes of {@code in} and gives the number of bytes that were consumed now, of these
     * or of earlier ones.
     */
    int onBytes(final ByteBuf in, final int length) throws GrpcFramingException {
        if (delivering || asideBytes > 0 || demand == 0) {
            putAside(in, length);
            return deliverAside();
        }
        final int start = in.readerIndex();
        final int writerIndex = in.writerIndex();
        in.writerIndex(start + length);
        try {
            readMessages(in);
        } finally {
            in.writerIndex(writerIndex);
        }
        final int consumed = in.readerIndex() - start;
        if (consumed < length && !sink.isClosed()) {
            putAside(in, length - consumed);
        }
        return sink.isClosed() ? length : consumed;
    }

    /** Delivers what was put aside as far as demand goes; gives the number of bytes consumed. */
    int deliverAside() throws GrpcFramingException {
        int consumed = 0;
        while (!delivering && demand > 0 && asideBytes > 0 && !sink.isClosed()) {
            final ByteBuf chunk = aside.element();
            final int before = chunk.readableBytes();
            readMessages(chunk);
            if (sink.isClosed()) {
                return consumed; // the end of the call has given the credit of everything aside
            }
            final int used = before - chunk.readableBytes();
            consumed += used;
            asideBytes -= used;
            if (!chunk.isReadable()) {
                aside.remove().release();
            }
        }
        return consumed;
    }

    private void readMessages(final ByteBuf in) throws GrpcFramingException {
        final GrpcMessageReader messages = Objects.requireNonNull(reader, "bytes before response headers");
        delivering = true;
        try {
            while (demand > 0 && !sink.isClosed() && messages.next(in)) {
                deliver(messages.buffer().retainedSlice(messages.offset(), messages.length()));
            }
        } finally {
            delivering = false;
        }
    }

    private void deliver(final ByteBuf message) {
        if (demand != CallOptions.UNLIMITED) {
            demand--;
        }
        try {
            sink.deliver(message);
        } finally {
            message.release();
        }
    }

    private void putAside(final ByteBuf in, final int length) {
        ByteBuf tail = aside.peekLast();
        if (tail == null || tail.writableBytes() < length) {
            tail = allocator.directBuffer(Math.max(CHUNK, length));
            aside.add(tail);
        }
        Bytes.writeConfined(tail, in, in.readerIndex(), length);
        asideBytes += length;
    }

    /** Gives all memory back; says how many bytes were aside. */
    long release() {
        final long dropped = asideBytes;
        asideBytes = 0;
        if (reader != null) {
            reader.close();
        }
        ByteBuf chunk = aside.poll();
        while (chunk != null) {
            chunk.release();
            chunk = aside.poll();
        }
        return dropped;
    }
}
