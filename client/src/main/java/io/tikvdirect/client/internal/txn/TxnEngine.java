package io.tikvdirect.client.internal.txn;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.Backoffer;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.pd.GcStates;
import io.tikvdirect.client.internal.pd.PdClient;
import io.tikvdirect.client.internal.pd.TimestampOracle;
import io.tikvdirect.client.internal.pd.TimestampRequest;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.region.Store;
import io.tikvdirect.client.internal.region.StoreTable;
import io.tikvdirect.client.internal.store.LinkSettings;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.client.internal.store.Router;
import io.tikvdirect.client.internal.store.SlowPath;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.kv.ContextEncoder;
import io.tikvdirect.codec.kv.KvCommitBodies;
import io.tikvdirect.codec.kv.KvReadBodies;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. What all transactions of a client share: the requests that belong to no single read or commit, time, and
 * the resolver of locks. Made when transactions are first asked for.
 *
 * <p><b>Two windows.</b> What a user waits for takes its place in the client's window. What such a call waits for in turn
 * (the status of a transaction whose lock it met) and what goes on after it has ended (committing secondaries, rolling
 * back) takes its place in a reserve of {@value LinkSettings#RESERVE}; nothing in the reserve waits for anything but a
 * store, so a full window cannot wait for itself.
 */
public final class TxnEngine extends CallEngine {

    /** Keys of a read request at most (SNP-02, client-go: batchGetSize). */
    static final int READ_CHUNK_KEYS = 5_120;

    /** Bytes of keys of a read request at most. */
    static final int READ_CHUNK_BYTES = 256 * 1024;

    /** Bytes of a prewrite, commit or lock request at most (TXN-02, client-go: TxnCommitBatchSize). */
    static final int WRITE_CHUNK_BYTES = 16 * 1024;

    private static final long IDLE_POLL_NS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final int RESERVE_SLAB_BYTES = 512;
    private static final int RESERVE_WAITERS = 64 * LinkSettings.RESERVE;

    /** What transactions need of the cluster beside its regions. */
    public record Cluster(PdClient pd, TimestampOracle oracle, StoreTable stores) {}

    private final int keyLimit;
    private final TimestampOracle oracle;
    private final PdClient pd;
    private final StoreTable stores;
    private final GcStates gcStates;
    private final SafePointWatch safePoints;
    private final Barriers barriers;
    private final byte[] storeContext;
    private final OperationPool reserve;
    private final Pauses pauses;
    private final KeyErrors errors;
    private final KvReadBodies readBodies;
    private final KvCommitBodies commitBodies;
    private final RequestContext context;
    private final Clock clock;
    private final StoreSafeTimestamps storeSafeTimestamps;
    private final LockResolver resolver;
    private final Background background;
    private final OpenTransactions open = new OpenTransactions();
    private final @Nullable Latches latches;
    private final Spares<WriteBuffer> spareBuffers;
    private final Spares<TransactionCommit> spareCommits;
    private volatile StateTrace trace = StateTrace.NONE;
    private volatile Rules rules = Rules.DEFAULT;
    private volatile @Nullable PreparedOptions lastPrepared;
    private final SnapshotContext defaultReads;

    /**
     * Puts the parts together.
     *
     * @param config the configuration
     * @param keySpace of all keys of transactions
     * @param cluster PD, timestamps and stores
     * @param pool the window
     * @param router finds regions and sends
     * @param regions the region cache of transactional keys
     * @param slowPath what happens when an answer is not simply a result
     * @param allocator where larger memory comes from
     * @param threads tells whether the calling thread is one of the client's event loops, and runs what has to wait
     */
    public TxnEngine(
            Config config,
            KeySpace keySpace,
            Cluster cluster,
            OperationPool pool,
            Router router,
            RegionCache regions,
            SlowPath slowPath,
            ByteBufAllocator allocator,
            Threads threads) {
        super(config, keySpace, pool, router, regions, slowPath, allocator, threads);
        this.defaultReads = SnapshotContext.of(config, SnapshotOptions.DEFAULT);
        this.keyLimit = Math.min(WriteBuffer.MAX_KEY_BYTES, config.keyLimit());
        this.oracle = cluster.oracle();
        this.pd = cluster.pd();
        this.stores = cluster.stores();
        this.gcStates = new GcStates(pd);
        this.storeContext = new ContextEncoder().keySpace(keySpace).encode();
        this.reserve = new OperationPool(
                LinkSettings.RESERVE,
                RESERVE_SLAB_BYTES,
                config.inflightBytes(),
                RESERVE_WAITERS,
                allocator,
                config.redaction(),
                slowPath.punctuality());
        this.pauses = new Pauses(threads.timers());
        this.errors = new KeyErrors(keySpace, config.redaction());
        this.readBodies = new KvReadBodies(keySpace);
        this.commitBodies = new KvCommitBodies(keySpace);
        this.context = RequestContext.plain(config);
        this.clock =
                new Clock(oracle, new LowResolution(config.tsoLowResolution().toNanos()));
        this.storeSafeTimestamps = new StoreSafeTimestamps(this);
        this.resolver = new LockResolver(this);
        this.background = new Background();
        this.safePoints = new SafePointWatch(gcStates, keySpace.keyspaceId());
        this.barriers = new Barriers(this);
        this.spareBuffers = new Spares<>(() -> new WriteBuffer(allocator));
        this.spareCommits = new Spares<>(() -> new TransactionCommit(this));
        this.latches = config.latches() == 0 ? null : new Latches(this, config.latches(), threads.timers());
    }

    OperationPool reserve() {
        return reserve;
    }

    Pauses pauses() {
        return pauses;
    }

    KeyErrors errors() {
        return errors;
    }

    KvReadBodies readBodies() {
        return readBodies;
    }

    KvCommitBodies commitBodies() {
        return commitBodies;
    }

    Clock clock() {
        return clock;
    }

    /** Up to where stores serve stale reads. */
    StoreSafeTimestamps storeSafeTimestamps() {
        return storeSafeTimestamps;
    }

    LockResolver resolver() {
        return resolver;
    }

    Background background() {
        return background;
    }

    PdClient pd() {
        return pd;
    }

    StoreTable stores() {
        return stores;
    }

    GcStates gcStates() {
        return gcStates;
    }

    /** How far back reads may go. */
    SafePointWatch safePoints() {
        return safePoints;
    }

    /** What this client keeps from the collector of garbage. */
    Barriers barriers() {
        return barriers;
    }

    /** What requests say that have no options of their own. */
    RequestContext plainContext() {
        return context;
    }

    /** What options of a transaction become; most programs begin one transaction like the last. */
    @SuppressWarnings("ReferenceEquality") // mostly the very same, and then no field need be compared
    PreparedOptions prepared(TransactionOptions options) {
        PreparedOptions last = lastPrepared;
        if (last != null && (last.options() == options || last.options().equals(options))) {
            return last;
        }
        PreparedOptions fresh = PreparedOptions.of(this, options);
        if (!fresh.isPrivate()) {
            lastPrepared = fresh;
        }
        return fresh;
    }

    /** What options of a snapshot become on the wire. */
    SnapshotContext readContext(SnapshotOptions options) {
        return options.equals(SnapshotOptions.DEFAULT) ? defaultReads : SnapshotContext.of(config(), options);
    }

    /** Asks the oracle; what waits for the timestamp is the request itself. */
    void timestamp(TimestampRequest request) {
        oracle.ask(request);
    }

    /** Asks the oracle. */
    void timestamp(long deadlineNs, Promise<Long> promise) {
        oracle.ask(new PromisedTimestamp(deadlineNs, promise));
    }

    private record PromisedTimestamp(long deadlineNs, Promise<Long> promise) implements TimestampRequest {
        @Override
        public void onTimestamp(long timestamp) {
            promise.succeed(timestamp);
        }

        @Override
        public void onNoTimestamp(TikvException failure) {
            promise.fail(failure);
        }
    }

    /** The budget of pauses of one call. */
    Backoffer backoffer(long deadlineNs) {
        long budgetNs = config().backoffBudget().toNanos() * config().backoffWeight();
        return new Backoffer(budgetNs, deadlineNs, ThreadLocalRandom.current());
    }

    /** A user key as stores know it. */
    ByteString storeKey(byte[] userKey) {
        return ByteString.copyFrom(keySpace().storeKey(userKey));
    }

    /** The exclusive end of a range of user keys as stores know it; empty where there is none. */
    ByteString storeEnd(byte[] userEnd) {
        return userEnd.length > 0
                ? storeKey(userEnd)
                : ByteString.copyFrom(keySpace().end());
    }

    /**
     * Sends one request to a store, with a place of the reserve.
     *
     * @param kind what is asked; repeating it does no harm
     * @param store whose address is known
     * @param request all but its {@code context}
     * @param parser of the answer
     * @param deadlineNs when to give up
     * @param promise gets the answer
     */
    <R extends MessageLite> void askStore(
            OperationKind kind,
            Store store,
            MessageLite request,
            Parser<R> parser,
            long deadlineNs,
            Promise<R> promise) {
        Region route = Region.ofStore(store, storeContext);
        StoreRequest<R> call = new StoreRequest<>(this, kind, route, request, parser, deadlineNs, promise);
        whenFree(reserve, promise, request.getSerializedSize(), deadlineNs, call::send);
    }

    /**
     * Sends one request to the region of a key, with a place of the reserve.
     *
     * @param kind what is asked; repeating it does no harm
     * @param key user key that decides about the region
     * @param request all but its {@code context}
     * @param parser of the answer
     * @param deadlineNs when to give up
     * @param promise gets the answer, which is no region error
     */
    <R extends MessageLite> void ask(
            OperationKind kind,
            byte[] key,
            MessageLite request,
            Parser<R> parser,
            long deadlineNs,
            Promise<R> promise) {
        RegionRequest<R> call = new RegionRequest<>(this, kind, key, request, parser, deadlineNs, promise);
        whenFree(reserve, promise, request.getSerializedSize(), deadlineNs, call::send);
    }

    void checkKey(byte[] key) {
        checkKeyLength(key.length);
    }

    void checkKeyLength(int length) {
        if (length <= 0 || length > keyLimit) {
            throw new InvalidArgumentException(
                    length <= 0 ? "the key is empty" : "the key has " + length + " bytes, the limit is " + keyLimit);
        }
    }

    void checkValue(byte[] value) {
        if (value.length == 0 || value.length > config().valueLimit()) {
            throw new InvalidArgumentException(
                    value.length == 0
                            ? "a transaction cannot store an empty value"
                            : "the value has " + value.length + " bytes, the limit is " + config().valueLimit());
        }
    }

    /** Empty write buffers. */
    Spares<WriteBuffer> spareBuffers() {
        return spareBuffers;
    }

    /** Commits that have not begun. */
    Spares<TransactionCommit> spareCommits() {
        return spareCommits;
    }

    OpenTransactions open() {
        return open;
    }

    /** Who sees the moves of state machines. */
    StateTrace trace() {
        return trace;
    }

    /** What transactions go by. */
    Rules rules() {
        return rules;
    }

    void rules(Rules newRules) {
        rules = newRules;
    }

    /** Keeps commits of this client apart; null unless it is asked to. */
    @Nullable
    Latches latches() {
        return latches;
    }

    void trace(StateTrace newTrace) {
        trace = newTrace;
    }

    /** Called each second. */
    public void onTick() {
        regions().onTick();
        open.rollBackForgotten();
        safePoints.onTick(System.nanoTime());
    }

    /** Rolls back what nobody has ended; called when the window refuses new work. */
    public void abandonOpen() {
        open.rollBackAll();
        barriers.dropAll();
    }

    /** {@return whether work goes on that no caller waits for} */
    public boolean isIdle() {
        return background.isIdle() && reserve.inUse() == 0;
    }

    /** Waits until nothing goes on that no caller waits for; gives false when the time is over first. */
    boolean awaitIdle(long timeoutNs) {
        long endNs = System.nanoTime() + timeoutNs;
        while (!background.isIdle()) {
            if (System.nanoTime() - endNs > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(IDLE_POLL_NS);
        }
        return true;
    }

    /** Fails what waits for time to pass, and refuses new requests. */
    public void stop() {
        background.refuseNew();
        background.reportLeft();
        reserve.refuseNew();
        pauses.close();
        resolver.removals().close();
        if (latches != null) {
            latches.close();
        }
        regions().close();
    }

    /** Gives the memory back, once nothing is under way. */
    public void close() {
        reserve.close();
    }

    /** Milliseconds left of a lock's life at a time of the oracle; 0 when it is over. */
    static long leftMs(long startTs, long ttlMs, long nowTs) {
        long endMs = (startTs >>> Clock.LOGICAL_BITS) + ttlMs;
        return Math.max(0, endMs - (nowTs >>> Clock.LOGICAL_BITS));
    }

    /** A deadline of work that no caller waits for. */
    static long backgroundDeadlineNs(long seconds) {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    /** A promise from two functions. */
    static <T extends @Nullable Object> Promise<T> promise(Consumer<T> onResult, Consumer<TikvException> onFailure) {
        return new Continuation<>(onResult, onFailure);
    }

    private record Continuation<T extends @Nullable Object>(Consumer<T> onResult, Consumer<TikvException> onFailure)
            implements Promise<T> {
        @Override
        public void succeed(T result) {
            onResult.accept(result);
        }

        @Override
        public void fail(TikvException failure) {
            onFailure.accept(failure);
        }
    }
}
