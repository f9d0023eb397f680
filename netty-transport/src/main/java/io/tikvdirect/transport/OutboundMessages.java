package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.grpc.GrpcMessagePrefix;
import io.tikvdirect.transport.internal.http2.FrameFlags;
import io.tikvdirect.transport.internal.http2.FrameType;
import io.tikvdirect.transport.internal.http2.FrameWriter;
import io.tikvdirect.transport.internal.http2.Http2Limits;
import java.util.ArrayDeque;

/**
 * Confined to its connection's event loop: puts messages into DATA frames. A message that may go at once is written
 * whole, contiguous with its frame header and prefix when it has head room. What may not go waits here as a queue of
 * buffers, which this object owns, and is cut into frames without regard to message boundaries.
 *
 * <p>What is passed here is taken even if there is no memory to frame it, which is thrown: the connection is of no use then,
 * as part of a frame may have been written.
 */
final class OutboundMessages {
    /** Bytes in front of a message: frame header and message prefix. */
    static final int HEAD_ROOM = Http2Limits.FRAME_HEADER_LENGTH + GrpcMessagePrefix.LENGTH;

    private final ConnectionWriter writer;
    private final TransportCounters counters;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(4);
    private final byte flag;
    private long waitingBytes;

    /** The flag is that of all messages of the call: {@link GrpcMessagePrefix#COMPRESSED} when they are compressed. */
    OutboundMessages(final ConnectionWriter writer, final TransportCounters counters, final byte flag) {
        this.flag = flag;
        this.writer = writer;
        this.counters = counters;
    }

    long waitingBytes() {
        return waitingBytes;
    }

    /**
     * Writes frame header, prefix and the first part of a message that fits one frame; takes the part. The other parts
     * are to be written right after.
     */
    void writeWhole(final int streamId, final ByteBuf first, final int messageLength, final int flags) {
        final int length = messageLength + GrpcMessagePrefix.LENGTH;
        onDataFrame(streamId, length, flags);
        if (hasHeadRoom(first)) {
            final int index = first.readerIndex() - HEAD_ROOM;
            FrameWriter.setHeader(first, index, length, FrameType.DATA, flags, streamId);
            setPrefix(first, index + Http2Limits.FRAME_HEADER_LENGTH, messageLength);
            writer.write(first.readerIndex(index));
            return;
        }
        final ByteBuf head = newHead(HEAD_ROOM, first);
        FrameWriter.writeHeader(head, length, FrameType.DATA, flags, streamId);
        writer.write(writePrefix(head, messageLength));
        writer.write(first);
    }

    /** Without memory for what goes in front of a message the message is given back. */
    private ByteBuf newHead(final int length, final ByteBuf message) {
        try {
            return writer.newFixedBuffer(length);
        } catch (OutOfMemoryError e) {
            message.release();
            throw e;
        }
    }

    /** Writes a message of several parts that fits one frame; takes them. */
    void writeWhole(final int streamId, final ByteBuf[] parts, final int count, final int messageLength) {
        try {
            writeWhole(streamId, parts[0], messageLength, FrameFlags.NONE);
        } catch (OutOfMemoryError e) {
            releaseAll(parts, 1, count);
            throw e;
        }
        for (int i = 1; i < count; i++) {
            writer.write(parts[i]);
        }
    }

    /** Queues a message of several parts; takes them. */
    void add(final ByteBuf[] parts, final int count, final int messageLength) {
        try {
            add(parts[0], messageLength);
        } catch (OutOfMemoryError e) {
            releaseAll(parts, 1, count);
            throw e;
        }
        for (int i = 1; i < count; i++) {
            addPart(parts[i]);
        }
    }

    static int lengthOf(final ByteBuf[] parts, final int count) {
        int length = 0;
        for (int i = 0; i < count; i++) {
            length = Math.addExact(length, parts[i].readableBytes());
        }
        return length;
    }

    static void releaseAll(final ByteBuf[] parts, final int from, final int count) {
        for (int i = from; i < count; i++) {
            parts[i].release();
        }
    }

    /** Queues prefix and first part of a message; takes the part. */
    void add(final ByteBuf first, final int messageLength) {
        if (hasHeadRoom(first)) {
            final int index = first.readerIndex() - GrpcMessagePrefix.LENGTH;
            setPrefix(first, index, messageLength);
            addPart(first.readerIndex(index));
            return;
        }
        addPart(writePrefix(newHead(GrpcMessagePrefix.LENGTH, first), messageLength));
        addPart(first);
    }

    private void addPart(final ByteBuf part) {
        waitingBytes += part.readableBytes();
        waiting.add(part);
    }

    /** Writes one DATA frame of the next {@code length} bytes that wait. */
    void writeFrame(final int streamId, final int length, final int flags) {
        onDataFrame(streamId, length, flags);
        final ByteBuf header = writer.newFixedBuffer(Http2Limits.FRAME_HEADER_LENGTH);
        FrameWriter.writeHeader(header, length, FrameType.DATA, flags, streamId);
        writer.write(header);
        waitingBytes -= length;
        int left = length;
        while (left > 0) {
            left -= writePiece(left);
        }
    }

    private int writePiece(final int atMost) {
        final ByteBuf part = waiting.element();
        final int readable = part.readableBytes();
        if (readable <= atMost) {
            waiting.remove();
            writer.write(part);
            return readable;
        }
        writer.write(part.readRetainedSlice(atMost));
        return atMost;
    }

    private void onDataFrame(final int streamId, final int length, final int flags) {
        writer.noteSent(FrameType.DATA, flags, streamId, length);
        counters.onDataFrameSent();
    }

    private static boolean hasHeadRoom(final ByteBuf buffer) {
        return buffer.readerIndex() >= HEAD_ROOM && !buffer.isReadOnly();
    }

    private void setPrefix(final ByteBuf buffer, final int index, final int messageLength) {
        GrpcMessagePrefix.set(buffer, index, messageLength);
        buffer.setByte(index, flag);
    }

    private ByteBuf writePrefix(final ByteBuf buffer, final int messageLength) {
        GrpcMessagePrefix.write(buffer, messageLength);
        return buffer.setByte(buffer.writerIndex() - GrpcMessagePrefix.LENGTH, flag);
    }

    /** Whether nothing waits. */
    boolean isEmpty() {
        return waitingBytes == 0;
    }

    void release() {
        ByteBuf part = waiting.poll();
        while (part != null) {
            part.release();
            part = waiting.poll();
        }
        waitingBytes = 0;
    }
}
