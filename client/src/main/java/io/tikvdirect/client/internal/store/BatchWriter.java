package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.BatchCommandsEncoder;
import io.tikvdirect.codec.kv.BatchEntryHead;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its link's event loop. Puts operations together into BatchCommands messages: for each one the entry's head,
 * the region's Context as it was encoded once, what varies per request, and the body.
 *
 * <p>Small bodies are copied behind each other into one contiguous buffer, which is cheaper than many small buffers. A
 * body of {@code largeBodyBytes} or more is appended by reference: the message then consists of parts.
 *
 * <p>A message is closed when it has {@code batchEntries} entries or would grow over {@code batchBytes}; a single larger
 * entry still goes, alone.
 *
 * <p>Without direct memory for the next bytes the message being made is of no use, and {@link #abandon} drops it: nothing of
 * it has been sent.
 */
final class BatchWriter {

    private static final int SMALLEST_HINT = 1_024;
    private static final int TAIL_BYTES = 4_096;
    private static final int INITIAL_PARTS = 8;

    /** A constant, so that compilers multiply: what {@link TimeUnit} divides by is a field to them. */
    private static final long NANOS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final LinkSettings settings;
    private final LinkCounters counters;
    private final long[] ids;
    private final BatchEntryHead head = new BatchEntryHead();
    private ByteBuf[] parts = new ByteBuf[INITIAL_PARTS];
    private int partCount;
    private @Nullable ByteBuf tail;
    private int count;
    private int bytes;
    private int copied;
    private int hint = SMALLEST_HINT;

    BatchWriter(LinkSettings settings, LinkCounters counters) {
        this.settings = settings;
        this.counters = counters;
        this.ids = new long[settings.batchEntries()];
    }

    /**
     * Adds an operation to the message being made, after sending that one when it is full.
     *
     * @param stream where messages go
     * @param operation with its region; its body is <i>borrowed</i>, a large one retained until it is written
     * @param id the request id it was given
     * @param nowNs now
     * @throws OutOfMemoryError when there is no direct memory; the message is to be abandoned then
     */
    void append(BatchStream stream, Operation operation, long id, long nowNs) {
        ByteBuf body = operation.body();
        int bodyLength = body.readableBytes();
        head.describe(
                operation.kind().command(),
                operation.requireRegion().context(),
                operation.contextOptions(),
                executionLimitMs(operation, nowNs),
                operation.attempts() > 1,
                bodyLength);
        int size = head.entrySize();
        if (count == ids.length || (count > 0 && bytes + size > settings.batchBytes())) {
            finish(stream);
        }
        ids[count++] = id;
        bytes += size;
        ByteBuf out = tail(stream);
        head.write(out);
        if (bodyLength >= settings.largeBodyBytes() && operation.bodyIsShared()) {
            appendByReference(stream, body);
        } else {
            Bytes.writeConfined(out, body, body.readerIndex(), bodyLength);
            copied += size;
        }
    }

    /**
     * How long the store may work on a request: what is left of the deadline.
     *
     * @param operation the operation
     * @param nowNs now, before the deadline
     * @return milliseconds, at least 1
     */
    static long executionLimitMs(Operation operation, long nowNs) {
        return Math.max(1, (operation.deadlineNs() - nowNs) / NANOS_PER_MS);
    }

    private ByteBuf tail(BatchStream stream) {
        ByteBuf present = tail;
        if (present == null) {
            present = stream.newMessage(hint);
            tail = present;
        }
        return present;
    }

    private void appendByReference(BatchStream stream, ByteBuf body) {
        addPart(tail(stream));
        addPart(body.retainedDuplicate());
        tail = null;
        head.forget();
        tail = stream.newPart(TAIL_BYTES);
    }

    private void addPart(ByteBuf part) {
        if (partCount == parts.length) {
            parts = Arrays.copyOf(parts, 2 * partCount);
        }
        parts[partCount++] = part;
    }

    /**
     * Sends the message being made, if there is one; does not flush.
     *
     * @param stream where it goes
     * @throws OutOfMemoryError when there is no direct memory; the message is to be abandoned then
     */
    void finish(BatchStream stream) {
        ByteBuf last = tail;
        if (last == null) {
            return;
        }
        BatchCommandsEncoder.writeRequestIds(last, ids, count);
        counters.batch(count);
        hint = Math.max(SMALLEST_HINT, copied + copied / 4 + count * 4);
        if (partCount == 0) {
            reset();
            stream.send(last);
        } else {
            addPart(last);
            int all = partCount;
            reset();
            stream.sendParts(parts, all);
            Arrays.fill(parts, 0, all, null);
        }
    }

    private void reset() {
        tail = null;
        head.forget();
        partCount = 0;
        count = 0;
        bytes = 0;
        copied = 0;
    }

    /**
     * Drops the message being made.
     *
     * @return the ids of its requests, none of which was sent; empty when there is no message
     */
    long[] abandon() {
        for (int i = 0; i < partCount; i++) {
            parts[i].release();
            parts[i] = null;
        }
        if (tail != null) {
            tail.release();
        }
        long[] unsent = Arrays.copyOf(ids, count);
        hint = SMALLEST_HINT;
        reset();
        return unsent;
    }
}
