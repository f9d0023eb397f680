package io.tikvdirect.client.internal.call;

import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.RegionUnavailableException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.client.internal.store.Router;
import io.tikvdirect.client.internal.store.SlowPath;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.key.KeySpace;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The parts of a client that a call needs, in one key space. */
@SuppressWarnings("FutureReturnValueIgnored") // what a timer or continuation does, it reports itself
public class CallEngine {

    /** Where and when callbacks run. */
    public record Threads(BooleanSupplier onOwnLoop, ScheduledExecutorService timers) {}

    private final Config config;
    private final KeySpace keySpace;
    private final OperationPool pool;
    private final Router router;
    private final RegionCache regions;
    private final SlowPath slowPath;
    private final ByteBufAllocator allocator;
    private final Threads threads;
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
     * @param threads tells whether the calling thread is one of the client's event loops, and runs what has to wait
     */
    public CallEngine(
            Config config,
            KeySpace keySpace,
            OperationPool pool,
            Router router,
            RegionCache regions,
            SlowPath slowPath,
            ByteBufAllocator allocator,
            Threads threads) {
        this.config = config;
        this.keySpace = keySpace;
        this.pool = pool;
        this.router = router;
        this.regions = regions;
        this.slowPath = slowPath;
        this.allocator = allocator;
        this.threads = threads;
        this.callbackExecutor = config.callbackExecutor();
        this.greatestKeyBound = above(config.keyLimit());
    }

    /** A key bound above every key of that length. */
    private static byte[] above(int keyLimit) {
        byte[] bound = new byte[keyLimit + 1];
        Arrays.fill(bound, (byte) 0xFF);
        return bound;
    }

    /** {@return the configuration} */
    public final Config config() {
        return config;
    }

    /** {@return the key space of all keys} */
    public final KeySpace keySpace() {
        return keySpace;
    }

    /** {@return the window} */
    public final OperationPool pool() {
        return pool;
    }

    /** {@return what finds regions and sends} */
    public final Router router() {
        return router;
    }

    /** {@return the region cache} */
    public final RegionCache regions() {
        return regions;
    }

    /** {@return what happens when an answer is not simply a result} */
    public final SlowPath slowPath() {
        return slowPath;
    }

    /** {@return where larger memory comes from} */
    public final ByteBufAllocator allocator() {
        return allocator;
    }

    /** {@return where stages complete; null: on the event loop} */
    public final @Nullable Executor callbackExecutor() {
        return callbackExecutor;
    }

    /** {@return what runs tasks later} */
    public final ScheduledExecutorService timers() {
        return threads.timers();
    }

    /** {@return whether the calling thread is one of the client's event loops} */
    public final boolean onOwnLoop() {
        return threads.onOwnLoop().getAsBoolean();
    }

    /**
     * What stands for "no upper bound" in requests that must have one: on API V1 a key greater than any that a store
     * accepts; elsewhere empty, which the key space turns into its own end.
     *
     * @return shared, must not be changed
     */
    public final byte[] greatestKeyBound() {
        return keySpace.end().length == 0 ? greatestKeyBound : Bytes.EMPTY;
    }

    /** {@return the greatest key a store accepts; empty where the key space has an end} */
    public final byte[] greatestKey() {
        return keySpace.end().length == 0 ? Arrays.copyOf(greatestKeyBound, greatestKeyBound.length - 1) : Bytes.EMPTY;
    }

    /** Refuses to wait on a thread that has to deliver what is waited for. */
    public final void checkMayBlock() {
        if (onOwnLoop()) {
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
    public final Operation acquire(int bodyBytes, long deadlineNs) {
        Operation operation = pool.acquire(bodyBytes, deadlineNs);
        if (operation != null) {
            return operation;
        }
        slowPath.punctuality().ended(System.nanoTime(), deadlineNs);
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationCancelledException(
                    "the thread was interrupted while the in-flight window was full",
                    FailureDetails.NONE,
                    new InterruptedException());
        }
        throw backpressure(pool, "until the deadline");
    }

    /**
     * Takes an operation from the window without anything going on later.
     *
     * @param bodyBytes size of the first request's body
     * @param deadlineNs when to give up
     * @param mayBlock whether the calling thread waits for a place (blocking face)
     * @return an operation owned by the caller; null: there is none now, and the thread does not wait
     * @throws TikvException when there is no place, or the client is closed
     */
    public final @Nullable Operation takeNow(int bodyBytes, long deadlineNs, boolean mayBlock) {
        return mayBlock && !onOwnLoop() ? acquire(bodyBytes, deadlineNs) : pool.tryAcquire(bodyBytes);
    }

    /**
     * Takes an operation from the window, now or when one is free, and starts something with it.
     *
     * @param promise told when there is no place, or when starting fails
     * @param bodyBytes size of the first request's body
     * @param deadlineNs when to give up
     * @param mayBlock whether the calling thread waits for a place (blocking face)
     * @param starter takes the operation
     */
    public final void whenFree(
            Promise<?> promise, int bodyBytes, long deadlineNs, boolean mayBlock, Consumer<Operation> starter) {
        Operation operation;
        try {
            operation = takeNow(bodyBytes, deadlineNs, mayBlock);
        } catch (TikvException refused) {
            promise.fail(refused);
            return;
        }
        if (operation == null) {
            LateStart.await(this, pool, promise, bodyBytes, deadlineNs, mayBlock, starter);
        } else {
            begin(promise, operation, starter);
        }
    }

    /**
     * Takes an operation from a pool beside the window, now or when one is free, and starts something with it.
     *
     * @param from the pool
     * @param promise told when there is no place, or when starting fails
     * @param bodyBytes size of the first request's body
     * @param deadlineNs when to give up
     * @param starter takes the operation
     */
    public final void whenFree(
            OperationPool from, Promise<?> promise, int bodyBytes, long deadlineNs, Consumer<Operation> starter) {
        Operation operation;
        try {
            operation = from.tryAcquire(bodyBytes);
        } catch (TikvException refused) {
            promise.fail(refused);
            return;
        }
        if (operation == null) {
            LateStart.await(this, from, promise, bodyBytes, deadlineNs, true, starter);
        } else {
            begin(promise, operation, starter);
        }
    }

    /**
     * Starts something with an operation.
     *
     * @param promise told when that fails
     * @param operation owned by the starter from now on
     * @param starter takes the operation; when it throws, it has not passed it on
     */
    public static void begin(Promise<?> promise, Operation operation, Consumer<Operation> starter) {
        try {
            starter.accept(operation);
        } catch (RuntimeException | Error refused) {
            refused(promise, operation, refused);
        }
    }

    /**
     * Ends what could not be started.
     *
     * @param promise told
     * @param operation given back; it has not been passed on
     * @param why what starting threw
     */
    public static void refused(Promise<?> promise, Operation operation, Throwable why) {
        operation.release();
        promise.fail(asOwn(why));
    }

    static BackpressureException backpressure(OperationPool pool, String howLong) {
        return new BackpressureException(
                "the in-flight window of " + pool.capacity() + " operations was full " + howLong,
                FailureDetails.NONE,
                null);
    }

    /**
     * Finds the region of a key, looking it up if need be, and hands the operation on with it; or fails the operation.
     *
     * @param operation owned by the caller, never after
     * @param key user key
     * @param isEnd whether the key is an exclusive end; empty is then the end of the key space
     * @param found takes the operation's region; called on any thread of the client
     */
    public final void withRegion(Operation operation, byte[] key, boolean isEnd, Consumer<Region> found) {
        Region region = isEnd ? regions.locateEnd(key) : regions.locate(key);
        if (region != null) {
            found.accept(region);
            return;
        }
        if (slowPath.refuses(operation)) {
            return;
        }
        long deadlineNs = operation.deadlineNs();
        (isEnd ? regions.loadEnd(key, deadlineNs) : regions.load(key, deadlineNs)).whenComplete((loaded, failure) -> {
            if (failure == null) {
                found.accept(loaded);
            } else {
                operation.fail(asOwn(failure));
            }
        });
    }

    /**
     * An unexpected failure as one of the client's own kind.
     *
     * @param failure what was caught, or what a stage failed with
     * @return the failure to report
     */
    public static TikvException asOwn(Throwable failure) {
        TikvException own = Router.ownFailure(failure);
        return own != null
                ? own
                : new RegionUnavailableException("unexpected failure: " + failure, FailureDetails.NONE, failure);
    }
}
