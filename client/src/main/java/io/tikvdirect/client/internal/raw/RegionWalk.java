package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationListener;
import io.tikvdirect.codec.kv.RawResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time, together with its operation. Sends one request to every region of some ranges, one after
 * another, each with the part of the range that lies in the region, and gathers the answers: delete range, checksum,
 * coprocessor. Where it stands is a {@link ScanCursor} that treats each region as one short page.
 *
 * @param <T> what a region answers
 */
final class RegionWalk<T extends @Nullable Object> implements OperationListener {

    /** Writes the request for a part of a region. */
    interface PartWriter {

        /**
         * How large the body may become.
         *
         * @param part the range within one region
         * @return bytes
         */
        int maxSize(KeyRange part);

        /**
         * Writes the body.
         *
         * @param body destination
         * @param part the range within one region
         */
        void write(ByteBuf body, KeyRange part);
    }

    /**
     * A part of a range and what its region answered.
     *
     * @param range the part
     * @param answer the answer
     * @param <T> what a region answers
     */
    record Part<T extends @Nullable Object>(KeyRange range, T answer) {}

    private final RawEngine engine;
    private final RawView view;
    private final OperationKind kind;
    private final boolean replayable;
    private final AnswerReader<T> reader;
    private final PartWriter writer;
    private final List<KeyRange> ranges;
    private final Promise<List<Part<T>>> promise;
    private final long startNs;
    private final List<Part<T>> parts = new ArrayList<>();
    private int range;
    private ScanCursor cursor;
    private KeyRange part = KeyRange.all();

    RegionWalk(
            RawEngine engine,
            RawView view,
            OperationKind kind,
            boolean replayable,
            AnswerReader<T> reader,
            PartWriter writer,
            List<KeyRange> ranges,
            long startNs,
            Promise<List<Part<T>>> promise) {
        this.engine = engine;
        this.view = view;
        this.kind = kind;
        this.replayable = replayable;
        this.reader = reader;
        this.writer = writer;
        this.ranges = ranges;
        this.startNs = startNs;
        this.promise = promise;
        this.cursor = ScanCursor.start(new byte[0], new byte[0], false, 0);
    }

    /** Begins, or goes on with the next region or range, or ends. */
    void step(Operation operation) {
        while (cursor.isDone()) {
            if (range == ranges.size()) {
                operation.release();
                promise.succeed(parts);
                return;
            }
            KeyRange next = ranges.get(range++);
            cursor = ScanCursor.start(next.start(), next.end(), false, Integer.MAX_VALUE);
        }
        if (!promise.isWanted()) {
            operation.release();
            promise.fail(new OperationCancelledException("cancelled between two regions", FailureDetails.NONE, null));
            return;
        }
        operation.begin(kind, replayable, startNs, startNs + view.timeoutNs, view.context(kind));
        operation.listener(this);
        onRoute(operation);
    }

    @Override
    public void onRoute(Operation operation) {
        engine.withRegion(operation, cursor.routingKey(), false, region -> ask(operation, region));
    }

    private void ask(Operation operation, Region region) {
        part = KeyRange.of(cursor.pageStart(region.start()), cursor.pageEnd(region.end()));
        try {
            writer.write(operation.newBody(writer.maxSize(part)), part);
        } catch (RuntimeException broken) {
            operation.fail(CallEngine.asOwn(broken));
            return;
        }
        engine.router().send(operation, region);
    }

    @Override
    public void onResponse(Operation operation, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        RawReaders readers = RawReaders.current();
        RawResponseReader answer = reader.wrap(readers, message, offset, length);
        if (engine.isError(operation, answer)) {
            return;
        }
        Region region = operation.region();
        if (region == null) {
            throw new IllegalStateException("an answer without a region");
        }
        parts.add(new Part<>(part, reader.result(readers)));
        cursor = cursor.after(region.start(), region.end(), 1, 0, region.start());
        step(operation);
    }

    @Override
    public void onFailure(Operation operation, TikvException failure) {
        operation.release();
        promise.fail(failure);
    }
}
