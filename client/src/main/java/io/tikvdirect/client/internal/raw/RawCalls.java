package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.internal.raw.RegionWalk.Part;
import io.tikvdirect.client.internal.raw.RegionWalk.PartWriter;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.raw.RawChecksum;
import io.tikvdirect.client.raw.RawCoprocessorRequest;
import io.tikvdirect.client.raw.RawCoprocessorResponse;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The calls that take more than one request, for the blocking and the asynchronous face: both give a {@link
 * Promise} and differ only in how they wait for it. No method here throws for what the caller did wrong; the promise tells.
 */
final class RawCalls {

    private final RawEngine engine;
    private final RawView view;
    private final boolean mayBlock;

    /**
     * Calls of one view.
     *
     * @param mayBlock whether the calling thread waits for a place in the window (blocking face)
     */
    RawCalls(RawEngine engine, RawView view, boolean mayBlock) {
        this.engine = engine;
        this.view = view;
        this.mayBlock = mayBlock;
    }

    /** Starts a call of the asynchronous face. */
    <T extends @Nullable Object> AsyncCall<T> async(Consumer<Promise<T>> starter) {
        AsyncCall<T> call = new AsyncCall<>(engine, null);
        try {
            starter.accept(call);
        } catch (TikvException refused) {
            call.fail(refused);
        }
        return call;
    }

    /** Starts a call of the blocking face that only reads, and waits for it. */
    <T extends @Nullable Object> T blocking(Consumer<Promise<T>> starter) {
        return blocking(starter, false);
    }

    /** Starts a call of the blocking face that may write, and waits for it. */
    <T extends @Nullable Object> T blockingWrite(Consumer<Promise<T>> starter) {
        return blocking(starter, !view.replayableWrites);
    }

    private <T extends @Nullable Object> T blocking(Consumer<Promise<T>> starter, boolean harmfulTwice) {
        engine.checkMayBlock();
        BlockingCall<T> call = new BlockingCall<>(engine, null, harmfulTwice);
        long deadlineNs = System.nanoTime() + view.timeoutNs;
        starter.accept(call);
        return call.await(deadlineNs, null, 0);
    }

    /**
     * Takes an operation from the window, now or when one is free, and starts something with it.
     *
     * @param promise told when there is no place, or when starting fails
     * @param bodyBytes size of the first request's body
     * @param deadlineNs when to give up
     * @param starter takes the operation
     */
    void whenFree(Promise<?> promise, int bodyBytes, long deadlineNs, Consumer<Operation> starter) {
        engine.whenFree(promise, bodyBytes, deadlineNs, mayBlock, starter);
    }

    void batchGet(List<byte[]> keys, Promise<List<byte @Nullable []>> promise) {
        keys.forEach(engine.limits()::key);
        batch(OperationKind.RAW_BATCH_GET, new BatchItems.OfKeys(kept(keys)), 0, promise);
    }

    void batchPut(List<KvPair> pairs, long ttlSeconds, Promise<@Nullable Void> promise) {
        check(pairs);
        batch(
                OperationKind.RAW_BATCH_PUT,
                new BatchItems.OfPairs(LatestPairs.of(keptPairs(pairs))),
                ttlSeconds,
                map(promise, found -> null));
    }

    /** With a TTL for each pair. */
    void batchPut(List<KvPair> pairs, long[] ttlsSeconds, Promise<@Nullable Void> promise) {
        check(pairs);
        List<KvPair> kept = keptPairs(pairs);
        List<KvPair> latest = LatestPairs.of(kept);
        long[] ttls = LatestPairs.belonging(latest, kept, ttlsSeconds);
        BatchItems items = new BatchItems.OfPairs(latest);
        long startNs = System.nanoTime();
        Promise<List<byte @Nullable []>> end = map(promise, found -> null);
        if (pairs.isEmpty()) {
            end.succeed(List.of());
            return;
        }
        whenFree(end, Limits.CHUNK_BYTES, startNs + view.timeoutNs, operation -> new ObjectBatchCall(
                        engine, view, latest.size(), end)
                .start(operation, view, items, ttls, startNs));
    }

    private void check(List<KvPair> pairs) {
        for (KvPair pair : pairs) {
            byte[] value = pair.value();
            engine.limits().key(pair.key());
            if (value == null) {
                throw new InvalidArgumentException("a pair to put has no value");
            }
            engine.limits().value(value);
        }
    }

    void batchDelete(List<byte[]> keys, Promise<@Nullable Void> promise) {
        keys.forEach(engine.limits()::key);
        batch(OperationKind.RAW_BATCH_DELETE, new BatchItems.OfKeys(kept(keys)), 0, map(promise, found -> null));
    }

    /** What a blocking caller passed in stays as it is while he waits; an asynchronous one may use it for something else. */
    private List<byte[]> kept(List<byte[]> keys) {
        return mayBlock ? List.copyOf(keys) : keys.stream().map(byte[]::clone).toList();
    }

    private List<KvPair> keptPairs(List<KvPair> pairs) {
        return mayBlock
                ? List.copyOf(pairs)
                : pairs.stream()
                        .map(pair -> new KvPair(
                                pair.key().clone(),
                                Objects.requireNonNull(pair.value()).clone()))
                        .toList();
    }

    private void batch(
            OperationKind kind, BatchItems items, long ttlSeconds, Promise<List<byte @Nullable []>> promise) {
        if (items.size() == 0) {
            promise.succeed(List.of());
            return;
        }
        long startNs = System.nanoTime();
        whenFree(promise, Limits.CHUNK_BYTES, startNs + view.timeoutNs, operation -> new ObjectBatchCall(
                        engine, view, items.size(), promise)
                .start(operation, view, kind, items, ttlSeconds, startNs));
    }

    void scan(KeyRange range, ScanOptions options, Promise<List<KvPair>> promise) {
        engine.limits().scan(range, options);
        ScanCursor cursor = ScanCursor.start(range.start(), range.end(), options.reverse(), options.limit());
        page(cursor, options.keyOnly(), options.limit(), map(promise, ScanPage::pairs));
    }

    /** Scans ranges one after another, all under the deadline of the first. */
    void scan(List<KeyRange> ranges, ScanOptions options, Promise<List<KvPair>> promise) {
        engine.limits().scanLimit(options);
        new RangesScan(this, List.copyOf(ranges), options, System.nanoTime(), promise).next();
    }

    /** Reads one page of a scan that began earlier. */
    void page(ScanCursor cursor, boolean keyOnly, int pairs, long startNs, Promise<ScanPage> promise) {
        whenFree(promise, 0, startNs + view.timeoutNs, operation -> new ObjectScanCall(
                        engine, view, cursor, keyOnly, pairs, startNs, promise)
                .step(operation));
    }

    /**
     * Reads one page of a scan ahead of its reader, if the window has a place to spare.
     *
     * @return false when it has none; nothing has happened then
     */
    boolean tryPage(ScanCursor cursor, boolean keyOnly, int pairs, Promise<ScanPage> promise) {
        Operation operation = engine.pool().tryAcquire(0);
        if (operation == null) {
            return false;
        }
        new ObjectScanCall(engine, view, cursor, keyOnly, pairs, System.nanoTime(), promise).step(operation);
        return true;
    }

    RawView view() {
        return view;
    }

    /** Reads one page of a scan. */
    void page(ScanCursor cursor, boolean keyOnly, int pairs, Promise<ScanPage> promise) {
        page(cursor, keyOnly, pairs, System.nanoTime(), promise);
    }

    void deleteRange(KeyRange range, Promise<@Nullable Void> promise) {
        if (range.isEmpty()) {
            succeedVoid(promise);
            return;
        }
        engine.limits().deletable(range);
        long startNs = System.nanoTime();
        byte[] last = engine.greatestKey();
        boolean unbounded = range.end().length == 0 && last.length != 0;
        KeyRange sent = unbounded ? KeyRange.of(range.start(), last) : range;
        Promise<List<Part<@Nullable Void>>> end = unbounded
                ? new Mapped<>(promise, parts -> deleteGreatest(last, startNs, promise))
                : map(promise, parts -> null);
        PartWriter writer = new PartWriter() {
            @Override
            public int maxSize(KeyRange part) {
                return view.ranges.maxSize(part.start().length, part.end().length);
            }

            @Override
            public void write(ByteBuf body, KeyRange part) {
                view.ranges.writeDeleteRange(body, part.start(), part.end());
            }
        };
        walk(
                OperationKind.RAW_DELETE_RANGE,
                view.replayableWrites,
                AnswerReader.WRITE,
                writer,
                List.of(sent),
                startNs,
                end);
    }

    @SuppressWarnings("NullAway") // NullAway does not see that null is the one Void
    private static void succeedVoid(Promise<@Nullable Void> promise) {
        promise.succeed(null);
    }

    /**
     * A store refuses a delete range without an end, and an end longer than a key may be; so everything below the greatest
     * possible key goes by range and that key by itself.
     */
    private void deleteGreatest(byte[] key, long startNs, Promise<@Nullable Void> promise) {
        whenFree(promise, view.points.deleteSize(key.length), startNs + view.timeoutNs, operation -> {
            engine.delete(operation, view, key, startNs);
            operation.listener(new PromiseListener<>(engine, AnswerReader.WRITE, promise));
            engine.router().route(operation, key);
        });
    }

    void checksum(KeyRange range, Promise<RawChecksum> promise) {
        PartWriter writer = new PartWriter() {
            @Override
            public int maxSize(KeyRange part) {
                return view.ranges.maxSize(part.start().length, part.end().length);
            }

            @Override
            public void write(ByteBuf body, KeyRange part) {
                view.ranges.writeChecksumRange(body, part.start(), part.end());
            }
        };
        walk(
                OperationKind.RAW_CHECKSUM,
                true,
                AnswerReader.CHECKSUM,
                writer,
                List.of(bounded(range)),
                System.nanoTime(),
                map(promise, parts -> parts.stream().map(Part::answer).reduce(RawChecksum.EMPTY, RawChecksum::and)));
    }

    void coprocessor(RawCoprocessorRequest request, Promise<List<RawCoprocessorResponse>> promise) {
        walk(
                OperationKind.RAW_COPROCESSOR,
                view.replayableWrites,
                AnswerReader.COPROCESSOR,
                new CoprocessorWriter(view, request),
                request.ranges(),
                System.nanoTime(),
                map(promise, parts -> parts.stream()
                        .map(part -> new RawCoprocessorResponse(part.range(), part.answer()))
                        .toList()));
    }

    /** A range whose end is known to be above every key. */
    private KeyRange bounded(KeyRange range) {
        byte[] bound = engine.greatestKeyBound();
        return range.end().length == 0 && bound.length != 0
                ? KeyRange.of(range.start(), Arrays.copyOf(bound, bound.length))
                : range;
    }

    private <T extends @Nullable Object> void walk(
            OperationKind kind,
            boolean replayable,
            AnswerReader<T> reader,
            PartWriter writer,
            List<KeyRange> ranges,
            long startNs,
            Promise<List<Part<T>>> promise) {
        whenFree(promise, 0, startNs + view.timeoutNs, operation -> new RegionWalk<>(
                        engine, view, kind, replayable, reader, writer, ranges, startNs, promise)
                .step(operation));
    }

    private static <T extends @Nullable Object, R extends @Nullable Object> Promise<T> map(
            Promise<R> promise, Function<T, R> mapping) {
        return new Mapped<>(promise, result -> promise.succeed(mapping.apply(result)));
    }

    /** Hands a result on in another form; failures unchanged. */
    private record Mapped<T extends @Nullable Object>(Promise<?> target, Consumer<T> onResult) implements Promise<T> {
        @Override
        public void succeed(T result) {
            onResult.accept(result);
        }

        @Override
        public void fail(TikvException failure) {
            target.fail(failure);
        }

        @Override
        public boolean isWanted() {
            return target.isWanted();
        }
    }
}
