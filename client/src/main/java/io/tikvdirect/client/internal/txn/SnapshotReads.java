package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.internal.store.RequestWatch;
import io.tikvdirect.client.txn.RequestTags;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.codec.kv.ContextEncoder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Reads at one timestamp, for both faces and for transactions; every method gives its result to a promise and
 * throws nothing that the caller did wrong.
 */
final class SnapshotReads {

    private final TxnEngine engine;
    private final SnapshotOptions options;
    private final long readTs;
    private final @Nullable RequestWatch watch;
    private final byte[] context;
    private final ReadSight shared;
    private final long timeoutNs;

    SnapshotReads(TxnEngine engine, long readTs, SnapshotOptions options) {
        this(engine, readTs, options, RequestTags.NONE, null);
    }

    /**
     * Reads of a transaction.
     *
     * @param tags what its requests tell beside their work
     * @param watch sees its requests; null: nobody
     */
    SnapshotReads(
            TxnEngine engine,
            long readTs,
            SnapshotOptions options,
            RequestTags tags,
            @Nullable RequestWatch watch) {
        this.engine = engine;
        this.options = options;
        this.readTs = readTs;
        this.watch = watch;
        this.context = context(engine, options, tags);
        this.shared = new ReadSight(readTs, context);
        Duration timeout = options.timeout();
        this.timeoutNs = (timeout == null ? engine.config().timeout() : timeout).toNanos();
    }

    private static byte[] context(TxnEngine engine, SnapshotOptions options, RequestTags tags) {
        ContextEncoder encoder = new ContextEncoder()
                .isolationLevel(options.isolation().number())
                .notFillCache(!options.fillCache());
        RequestContext.add(encoder, engine, options.priority(), options.requestSource());
        RequestContext.add(encoder, tags, false);
        return encoder.encode();
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
        return readTs == Timestamp.LATEST.version() ? new ReadSight(readTs, context) : shared;
    }

    SnapshotOptions options() {
        return options;
    }

    /** The budget of one call. */
    long timeoutNs() {
        return timeoutNs;
    }

    int getSize(byte[] key) {
        return engine.readBodies().getSize(key.length, readTs, false);
    }

    /** Reads one key; null: no such key. */
    void get(byte[] key, long startNs, boolean mayBlock, Promise<byte @Nullable []> promise) {
        try {
            engine.checkKey(key);
        } catch (InvalidArgumentException refused) {
            promise.fail(refused);
            return;
        }
        long deadlineNs = startNs + timeoutNs;
        SnapshotGet call = new SnapshotGet(this, key, startNs, deadlineNs, promise);
        engine.whenFree(promise, getSize(key), deadlineNs, mayBlock, call::send);
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
        new SnapshotBatchGet.Search(
                        this,
                        mayBlock,
                        startNs,
                        startNs + timeoutNs,
                        TxnEngine.promise(
                                found -> {
                                    List<byte @Nullable []> values = new ArrayList<>(keys.size());
                                    keys.forEach(key -> values.add(found.get(ByteBuffer.wrap(key))));
                                    promise.succeed(values);
                                },
                                promise::fail))
                .round(new ArrayList<>(unique));
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
        engine.whenFree(promise, 0, deadlineNs, mayBlock, scan::step);
    }
}
