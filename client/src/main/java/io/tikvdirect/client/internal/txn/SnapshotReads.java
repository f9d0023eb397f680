package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.internal.region.ReplicaSelection;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.RequestWatch;
import io.tikvdirect.client.txn.IsolationLevel;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.VersionedValue;
import io.tikvdirect.codec.wire.WireWriter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Reads at one timestamp, for both faces and for transactions; every method gives its result to a promise and
 * throws nothing that the caller did wrong.
 */
final class SnapshotReads {

    private static final AtomicReferenceFieldUpdater<SnapshotReads, ReadSight> SHARED =
            AtomicReferenceFieldUpdater.newUpdater(SnapshotReads.class, ReadSight.class, "shared");

    private final TxnEngine engine;
    private final SnapshotOptions options;
    private final long readTs;
    private final @Nullable RequestWatch watch;
    private final SnapshotContext context;
    private final SnapshotValues values;
    private final long timeoutNs;
    private volatile @Nullable ReadSight shared;
    private volatile boolean validated;

    SnapshotReads(TxnEngine engine, long readTs, SnapshotOptions options) {
        this(engine, readTs, options, engine.readContext(options), null);
    }

    /**
     * Reads of a transaction.
     *
     * @param context that of the options
     * @param watch sees its requests; null: nobody
     */
    SnapshotReads(
            TxnEngine engine,
            long readTs,
            SnapshotOptions options,
            SnapshotContext context,
            @Nullable RequestWatch watch) {
        this.engine = engine;
        this.options = options;
        this.readTs = readTs;
        this.watch = watch;
        boolean isLatest = readTs == Timestamp.LATEST.version();
        if (isLatest && options.staleRead()) {
            throw new InvalidArgumentException("the latest state is no stale one: a stale read needs a timestamp");
        }
        this.context = context;
        this.validated = isLatest || !engine.config().tsoValidateReads();
        if (options.staleRead()) {
            engine.clock().onStaleRead(readTs);
        }
        boolean changes = isLatest || options.isolation() != IsolationLevel.SNAPSHOT;
        this.values = SnapshotValues.of(changes ? 0 : options.valueCacheBytes());
        Duration timeout = options.timeout();
        this.timeoutNs = (timeout == null ? engine.config().timeout() : timeout).toNanos();
    }

    TxnEngine engine() {
        return engine;
    }

    /** Who sees the requests. */
    @Nullable
    RequestWatch watch() {
        return watch;
    }

    long readTs() {
        return readTs;
    }

    /**
     * What one call sees of others. Calls at one timestamp share what they learn; not so calls at the latest one, because
     * a transaction that was alive at the one may be committed at the other.
     */
    ReadSight sight() {
        if (readTs == Timestamp.LATEST.version()) {
            return new ReadSight(readTs, context);
        }
        ReadSight present = shared;
        return present != null
                ? present
                : SHARED.updateAndGet(this, other -> other == null ? new ReadSight(readTs, context) : other);
    }

    /** Begins the first request of a get, which has met no lock itself but knows of those that others have met. */
    void beginGet(Operation operation, long startNs) {
        ReadSight known = shared;
        byte[] fields = known == null ? context.atReplica() : known.context(false);
        operation.begin(OperationKind.KV_GET, true, startNs, startNs + timeoutNs, fields);
        operation.watch(watch);
        ReplicaSelection selection = context.selection();
        if (known != null) {
            known.choose(operation, false);
        } else if (selection != null) {
            operation.replicas(selection, context.atLeader());
        }
    }

    /** Encodes the body of a get, and says where it goes. */
    void writeGet(Operation operation, byte[] key, boolean needsCommitTs) {
        engine.readBodies().writeGet(operation.newBody(getSize(key.length, needsCommitTs)), key, readTs, needsCommitTs);
        routeGet(operation, key.length);
    }

    /** Says which part of the body of a get is its key. */
    void routeGet(Operation operation, int keyLength) {
        int prefix = engine.keySpace().prefix().length;
        operation.routeBy(1 + WireWriter.varintSize(prefix + keyLength) + prefix, keyLength);
    }

    /** The key of a get. */
    static byte[] keyOf(Operation get) {
        byte[] key = new byte[get.routingKeyLength()];
        get.routingKey().getBytes(0, key);
        return key;
    }

    SnapshotOptions options() {
        return options;
    }

    /** The budget of one call. */
    long timeoutNs() {
        return timeoutNs;
    }

    /** What was read before and is kept. */
    SnapshotValues values() {
        return values;
    }

    int getSize(int keyLength, boolean needsCommitTs) {
        return engine.readBodies().getSize(keyLength, readTs, needsCommitTs);
    }

    /** Reads one key; null: no such key. */
    void get(byte[] key, long startNs, boolean mayBlock, Promise<byte @Nullable []> promise) {
        if (!isKept(key, promise)) {
            start(new SnapshotGet.OfValue(this, promise), promise, key, startNs, mayBlock);
        }
    }

    /** Reads one key for a stage; null: no such key. The caller may change the key when this has returned. */
    void get(byte[] key, SnapshotGet.Async stage) {
        if (!isKept(key, stage)) {
            start(stage, stage, key, System.nanoTime(), false);
        }
    }

    @SuppressWarnings("NullAway") // NullAway does not see that the result may be null
    private boolean isKept(byte[] key, Promise<byte @Nullable []> promise) {
        SnapshotValues.Found kept = values.find(key);
        if (kept != null) {
            finish(promise, kept.value());
        }
        return kept != null;
    }

    /** Reads one key with its commit timestamp, which is not kept; null: no such key. */
    void getVersioned(byte[] key, long startNs, boolean mayBlock, Promise<@Nullable VersionedValue> promise) {
        start(new SnapshotGet.OfVersion(this, promise), promise, key, startNs, mayBlock);
    }

    private void start(SnapshotGet call, Promise<?> promise, byte[] key, long startNs, boolean mayBlock) {
        int size = getSize(key.length, call.needsCommitTs());
        Operation operation = null;
        try {
            engine.checkKey(key);
            if (validated) {
                operation = engine.takeNow(size, startNs + timeoutNs, mayBlock);
            }
        } catch (TikvException refused) {
            promise.fail(refused);
            return;
        }
        if (operation == null) {
            startLater(call, promise, key.clone(), size, startNs, mayBlock);
            return;
        }
        try {
            call.send(operation, key, startNs);
        } catch (RuntimeException | Error refused) {
            operation.release();
            promise.fail(CallEngine.asOwn(refused));
        }
    }

    private void startLater(
            SnapshotGet call, Promise<?> promise, byte[] key, int size, long startNs, boolean mayBlock) {
        long deadlineNs = startNs + timeoutNs;
        whenValid(
                promise,
                deadlineNs,
                () -> engine.whenFree(
                        promise, size, deadlineNs, mayBlock, operation -> call.send(operation, key, startNs)));
    }

    /** Reads keys, in the order asked; null: no such key. */
    void batchGet(List<byte[]> keys, long startNs, boolean mayBlock, Promise<List<byte @Nullable []>> promise) {
        Set<byte[]> unique = new TreeSet<>(Arrays::compareUnsigned);
        try {
            keys.forEach(engine::checkKey);
        } catch (InvalidArgumentException refused) {
            promise.fail(refused);
            return;
        }
        unique.addAll(keys);
        Map<ByteBuffer, SnapshotValues.Found> kept = values.isOn() ? kept(unique) : Map.of();
        SnapshotBatchGet.Search search = new SnapshotBatchGet.Search(
                this,
                mayBlock,
                startNs,
                startNs + timeoutNs,
                TxnEngine.promise(
                        found -> {
                            keep(unique, found);
                            finish(promise, inOrder(keys, kept, found));
                        },
                        promise::fail));
        whenValid(promise, startNs + timeoutNs, () -> search.round(new ArrayList<>(unique)));
    }

    /** Goes on when the timestamp is none of the future, as far as anybody wants to know (TSO-08). */
    private void whenValid(Promise<?> promise, long deadlineNs, Runnable then) {
        if (validated) {
            then.run();
            return;
        }
        whenValid(deadlineNs, TxnEngine.promise(valid -> then.run(), promise::fail));
    }

    /** Keeps a promise when the timestamp is none of the future. */
    void whenValid(long deadlineNs, Promise<Boolean> promise) {
        engine.clock()
                .validate(
                        readTs,
                        deadlineNs,
                        TxnEngine.promise(
                                valid -> {
                                    validated = true;
                                    promise.succeed(valid);
                                },
                                promise::fail));
    }

    /** Whether nobody wants to know, or it is known, that the timestamp is none of the future. */
    boolean isValidated() {
        return validated;
    }

    /** What is kept of keys; those are taken out. */
    private Map<ByteBuffer, SnapshotValues.Found> kept(Set<byte[]> keys) {
        Map<ByteBuffer, SnapshotValues.Found> kept = new HashMap<>();
        keys.removeIf(key -> {
            SnapshotValues.Found found = values.find(key);
            if (found != null) {
                kept.put(ByteBuffer.wrap(key), found);
            }
            return found != null;
        });
        return kept;
    }

    private void keep(Set<byte[]> asked, Map<ByteBuffer, byte[]> found) {
        if (values.isOn()) {
            asked.forEach(key -> values.add(key, found.get(ByteBuffer.wrap(key))));
        }
    }

    private static List<byte @Nullable []> inOrder(
            List<byte[]> keys, Map<ByteBuffer, SnapshotValues.Found> kept, Map<ByteBuffer, byte[]> found) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        for (byte[] key : keys) {
            SnapshotValues.Found known = kept.get(ByteBuffer.wrap(key));
            values.add(known == null ? found.get(ByteBuffer.wrap(key)) : known.value());
        }
        return values;
    }

    /** Keeps a promise of the value that a get has read, and the value if values are kept; releases its operation. */
    @SuppressWarnings("NullAway") // NullAway does not see that the result may be null
    void finishGet(Promise<byte @Nullable []> promise, Operation get, byte @Nullable [] value) {
        if (values.isOn()) {
            values.add(keyOf(get), value);
        }
        get.release();
        finish(promise, value);
    }

    /** Keeps a promise, unless what was read may have been collected as garbage meanwhile. */
    <T extends @Nullable Object> void finish(Promise<T> promise, T found) {
        TikvException tooOld = engine.safePoints().refusal(readTs);
        if (tooOld == null) {
            promise.succeed(found);
        } else {
            promise.fail(tooOld);
        }
    }

    /** Reads one page of a scan. */
    void page(
            ScanCursor cursor, boolean keyOnly, int pairs, long startNs, boolean mayBlock, Promise<ScanPage> promise) {
        long deadlineNs = startNs + timeoutNs;
        SnapshotScan scan = new SnapshotScan(this, cursor, keyOnly, pairs, startNs, deadlineNs, promise);
        whenValid(promise, deadlineNs, () -> engine.whenFree(promise, 0, deadlineNs, mayBlock, scan::step));
    }
}
