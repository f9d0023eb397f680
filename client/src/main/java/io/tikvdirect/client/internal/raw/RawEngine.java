package io.tikvdirect.client.internal.raw;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.RegionUnavailableException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.client.internal.store.Router;
import io.tikvdirect.client.internal.store.SlowPath;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.kv.RawResponseReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.codec.wire.WireWriter;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. What the three faces share: taking an operation from the window, encoding a request into it, and handling
 * the errors of its answer.
 */
public final class RawEngine {

    private final Config config;
    private final KeySpace keySpace;
    private final OperationPool pool;
    private final Router router;
    private final RegionCache regions;
    private final SlowPath slowPath;
    private final ByteBufAllocator allocator;
    private final BooleanSupplier onOwnLoop;
    private final ScheduledExecutorService timers;
    private final Limits limits;
    private final DirectCalls directCalls;
    private final @Nullable Executor callbackExecutor;
    private final byte[] greatestKeyBound;

    /**
     * Puts the parts together.
     *
     * @param config the configuration
     * @param keySpace of all keys
     * @param pool the window
     * @param router finds regions and sends
     * @param regions the region cache
     * @param slowPath what happens when an answer is not simply a result
     * @param allocator where larger memory comes from
     * @param onOwnLoop tells whether the calling thread is one of the client's event loops
     * @param timers for calls that wait for a place in the window
     */
    public RawEngine(
            Config config,
            KeySpace keySpace,
            OperationPool pool,
            Router router,
            RegionCache regions,
            SlowPath slowPath,
            ByteBufAllocator allocator,
            BooleanSupplier onOwnLoop,
            ScheduledExecutorService timers) {
        this.config = config;
        this.keySpace = keySpace;
        this.pool = pool;
        this.router = router;
        this.regions = regions;
        this.slowPath = slowPath;
        this.allocator = allocator;
        this.onOwnLoop = onOwnLoop;
        this.timers = timers;
        this.limits = new Limits(config);
        this.directCalls = new DirectCalls(this);
        this.callbackExecutor = config.callbackExecutor();
        this.greatestKeyBound = ScanCall.above(config.keyLimit());
    }

    RawView view(RawOptions options) {
        return new RawView(config, keySpace, options);
    }

    Config config() {
        return config;
    }

    KeySpace keySpace() {
        return keySpace;
    }

    OperationPool pool() {
        return pool;
    }

    Router router() {
        return router;
    }

    RegionCache regions() {
        return regions;
    }

    SlowPath slowPath() {
        return slowPath;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    Limits limits() {
        return limits;
    }

    DirectCalls directCalls() {
        return directCalls;
    }

    @Nullable
    Executor callbackExecutor() {
        return callbackExecutor;
    }

    /**
     * What stands for "no upper bound" in requests that must have one: on API V1 a key greater than any that a store
     * accepts; elsewhere empty, which the key space turns into its own end.
     */
    byte[] greatestKeyBound() {
        return keySpace.end().length == 0 ? greatestKeyBound : Bytes.EMPTY;
    }

    /** Turns of busy waiting before a blocking caller parks. */
    int spins() {
        return 0;
    }

    /** {@return the greatest key a store accepts; empty where the key space has an end} */
    byte[] greatestKey() {
        return keySpace.end().length == 0 ? Arrays.copyOf(greatestKeyBound, greatestKeyBound.length - 1) : Bytes.EMPTY;
    }

    int pageSize(ScanOptions options) {
        return options.pageSize() == ScanOptions.DEFAULT_PAGE_SIZE ? config.scanPage() : options.pageSize();
    }

    boolean onOwnLoop() {
        return onOwnLoop.getAsBoolean();
    }

    ScheduledExecutorService timers() {
        return timers;
    }

    /** Refuses to wait on a thread that has to deliver what is waited for. */
    void checkMayBlock() {
        if (onOwnLoop.getAsBoolean()) {
            throw new IllegalStateException("a blocking call on one of the client's event loops would wait for itself;"
                    + " use the async or direct face there, or configure an executor for callbacks");
        }
    }

    /**
     * Takes an operation for a blocking caller.
     *
     * @param bodyBytes size of its body
     * @param deadlineNs the call's deadline
     * @return an operation owned by the caller
     */
    Operation acquire(int bodyBytes, long deadlineNs) {
        Operation operation = pool.acquire(bodyBytes, deadlineNs);
        if (operation != null) {
            return operation;
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationCancelledException(
                    "the thread was interrupted while the in-flight window was full",
                    FailureDetails.NONE,
                    new InterruptedException());
        }
        throw backpressure("until the deadline");
    }

    BackpressureException backpressure(String howLong) {
        return new BackpressureException(
                "the in-flight window of " + pool.capacity() + " operations was full " + howLong,
                FailureDetails.NONE,
                null);
    }

    // Requests on one key; the key is the first field of each body

    int keyOffset(RawView view, int keyLength) {
        int storeKeyLength = view.prefixLength + keyLength;
        return 1 + WireWriter.varintSize(storeKeyLength) + view.prefixLength;
    }

    void get(Operation operation, RawView view, OperationKind kind, byte[] key, long startNs) {
        operation.begin(kind, true, startNs, startNs + view.timeoutNs, view.context);
        view.points.writeGet(operation.newBody(view.points.getSize(key.length)), key);
        operation.routeBy(keyOffset(view, key.length), key.length);
    }

    void put(Operation operation, RawView view, byte[] key, byte[] value, long ttl, long startNs) {
        operation.begin(OperationKind.RAW_PUT, view.replayableWrites, startNs, startNs + view.timeoutNs, view.context);
        ByteBuf body = operation.newBody(view.points.putSize(key.length, value.length, ttl));
        view.points.writePut(body, key, value, ttl);
        operation.routeBy(keyOffset(view, key.length), key.length);
    }

    void delete(Operation operation, RawView view, byte[] key, long startNs) {
        operation.begin(
                OperationKind.RAW_DELETE, view.replayableWrites, startNs, startNs + view.timeoutNs, view.context);
        view.points.writeDelete(operation.newBody(view.points.deleteSize(key.length)), key);
        operation.routeBy(keyOffset(view, key.length), key.length);
    }

    int casSize(RawView view, byte[] key, byte @Nullable [] expected, byte[] value) {
        int previous = expected == null ? 2 : expected.length + WireWriter.MAX_VARINT_SIZE;
        return view.points.putSize(key.length, value.length, Long.MAX_VALUE) + previous;
    }

    void compareAndSwap(
            Operation operation,
            RawView view,
            byte[] key,
            byte @Nullable [] expected,
            byte[] value,
            long ttl,
            long startNs) {
        operation.begin(OperationKind.RAW_COMPARE_AND_SWAP, false, startNs, startNs + view.timeoutNs, view.context);
        ByteBuf body = operation.newBody(casSize(view, key, expected, value));
        view.points.writeCompareAndSwap(body, key, expected, value, ttl);
        operation.routeBy(keyOffset(view, key.length), key.length);
    }

    // Answers

    <T extends @Nullable Object> void answer(
            Operation operation, AnswerReader<T> reader, ByteBuf message, int offset, int length, Promise<T> promise)
            throws MalformedMessageException {
        RawReaders readers = RawReaders.current();
        RawResponseReader answer = reader.wrap(readers, message, offset, length);
        if (isError(operation, answer)) {
            return;
        }
        T result = reader.result(readers);
        operation.release();
        promise.succeed(result);
    }

    /**
     * Handles the errors of an answer.
     *
     * @return true when there was one; the operation then belongs to somebody else
     */
    boolean isError(Operation operation, RawResponseReader answer) {
        if (answer.hasRegionError()) {
            slowPath.onRegionError(operation, answer.buffer(), answer.regionErrorOffset(), answer.regionErrorLength());
            return true;
        }
        if (answer.hasError()) {
            operation.fail(ServerErrors.of(operation, answer.error()));
            return true;
        }
        return false;
    }

    /** An unexpected failure as one of the client's own kind. */
    static TikvException asOwn(Throwable failure) {
        TikvException own = Router.ownFailure(failure);
        return own != null
                ? own
                : new RegionUnavailableException("unexpected failure: " + failure, FailureDetails.NONE, failure);
    }
}
