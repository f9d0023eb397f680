package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.ChunkedCall;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.raw.PartialFailureException;
import io.tikvdirect.codec.kv.PairList;
import io.tikvdirect.codec.kv.RawBatchBodies;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Arrays;
import java.util.List;

/** Thread-safe like its superclass. A batch get, put or delete over any number of regions. */
abstract class BatchCall extends ChunkedCall {

    private static final long[] NO_TTLS = {};

    @SuppressWarnings("HidingField") // the same engine, by its own type
    final RawEngine engine;

    private RawView view;
    private BatchItems items = new BatchItems.OfKeys(List.of());
    private long ttlSeconds;
    /** The TTL of each item; empty when {@link #ttlSeconds} is that of all. */
    private long[] ttlsSeconds = NO_TTLS;

    BatchCall(RawEngine engine, RawView view) {
        super(engine, Limits.CHUNK_ITEMS, Limits.CHUNK_BYTES);
        this.engine = engine;
        this.view = view;
    }

    /**
     * Begins the call.
     *
     * @param operation the first to carry chunks; owned by the call from now on
     */
    final void start(
            Operation operation,
            RawView newView,
            OperationKind newKind,
            BatchItems newItems,
            long newTtlSeconds,
            long newStartNs) {
        ttlSeconds = newTtlSeconds;
        ttlsSeconds = NO_TTLS;
        start(operation, newView, newKind, newItems, newStartNs);
    }

    /**
     * Begins a put with a TTL for each pair.
     *
     * @param operation the first to carry chunks; owned by the call from now on
     */
    final void start(Operation operation, RawView newView, BatchItems newItems, long[] newTtls, long newStartNs) {
        ttlSeconds = Arrays.stream(newTtls).max().orElse(0);
        ttlsSeconds = ttlSeconds == 0 ? NO_TTLS : newTtls;
        start(operation, newView, OperationKind.RAW_BATCH_PUT, newItems, newStartNs);
    }

    private void start(
            Operation operation, RawView newView, OperationKind newKind, BatchItems newItems, long newStartNs) {
        view = newView;
        items = newItems;
        boolean replayable = newKind.isRead() || newView.replayableWrites;
        start(
                operation,
                newKind,
                replayable,
                newView.context(newKind),
                newItems,
                newStartNs,
                newStartNs + newView.timeoutNs);
    }

    @Override
    protected final void encode(Operation operation, int chunk) {
        RawBatchBodies bodies = view.batches;
        int to = plan.to(chunk);
        int count = to - plan.from(chunk);
        int size = bodies.finishSize(count, ttlSeconds);
        boolean pairs = kind() == OperationKind.RAW_BATCH_PUT;
        for (int i = plan.from(chunk); i < to; i++) {
            int item = plan.item(i);
            int keyLength = items.keyLength(item);
            size += pairs ? bodies.pairSize(keyLength, items.valueLength(item)) : bodies.keySize(keyLength);
        }
        ByteBuf body = operation.newBody(size);
        for (int i = plan.from(chunk); i < to; i++) {
            if (pairs) {
                items.writePair(bodies, body, plan.item(i));
            } else {
                items.writeKey(bodies, body, plan.item(i));
            }
        }
        finishBody(body, chunk, count);
    }

    private void finishBody(ByteBuf body, int chunk, int count) {
        switch (kind()) {
            case RAW_BATCH_GET -> view.batches.finishBatchGet(body);
            case RAW_BATCH_DELETE -> view.batches.finishBatchDelete(body);
            default -> finishPut(body, chunk, count);
        }
    }

    private void finishPut(ByteBuf body, int chunk, int count) {
        if (ttlsSeconds.length == 0) {
            view.batches.finishBatchPut(body, count, ttlSeconds);
            return;
        }
        long[] ttls = new long[count];
        for (int i = 0; i < count; i++) {
            ttls[i] = ttlsSeconds[plan.item(plan.from(chunk) + i)];
        }
        view.batches.finishBatchPut(body, ttls, count);
    }

    @Override
    protected final void onAnswer(Operation operation, int chunk, ByteBuf message, int offset, int length)
            throws MalformedMessageException {
        RawReaders readers = RawReaders.current();
        if (kind() == OperationKind.RAW_BATCH_GET) {
            readers.pairs.wrap(message, offset, length);
            if (engine.isError(operation, readers.pairs) || PairErrors.fail(operation, readers.pairs)) {
                return;
            }
            try {
                match(chunk, message, readers);
            } catch (RuntimeException | Error broken) {
                engine.slowPath().failUnreadable(operation, broken);
                return;
            }
        } else if (engine.isError(operation, readers.write.wrap(message, offset, length))) {
            return;
        }
        next(operation, chunk);
    }

    /** The pairs found come in the order asked, without the missing ones. */
    private void match(int chunk, ByteBuf message, RawReaders readers) throws MalformedMessageException {
        PairList answered = readers.pairs.pairs();
        int pair = 0;
        int pairs = answered.count();
        int source = pairs == 0 ? 0 : keep(chunk, message);
        for (int i = plan.from(chunk); i < plan.to(chunk); i++) {
            int item = plan.item(i);
            if (pair < pairs && isPair(item, message, readers, pair)) {
                found(item, source, message, answered.valueOffset(pair), answered.valueLength(pair));
                pair++;
            } else {
                missing(item);
            }
        }
        if (pair < pairs) {
            throw new MalformedMessageException(
                    MalformedMessageException.Reason.INCONSISTENT, "a batch get was answered with a key not asked for");
        }
    }

    private boolean isPair(int item, ByteBuf message, RawReaders readers, int pair) throws MalformedMessageException {
        PairList answered = readers.pairs.pairs();
        int keyOffset = answered.keyOffset(pair);
        int keyEnd = keyOffset + answered.keyLength(pair);
        int userOffset = engine.keySpace().userKeyOffset(message, keyOffset, keyEnd - keyOffset);
        return items.hasKey(item, message, userOffset, keyEnd - userOffset);
    }

    /** An answer with values has come; returns a number for {@link #found}. */
    abstract int keep(int chunk, ByteBuf message);

    abstract void found(int item, int source, ByteBuf message, int valueOffset, int valueLength);

    abstract void missing(int item);

    /** The failure to report, once {@link #hasFailed()}. */
    final TikvException failure() {
        return new PartialFailureException(failedKeys(), items.size(), failures());
    }
}
