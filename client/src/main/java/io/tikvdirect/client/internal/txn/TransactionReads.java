package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.UnsupportedFeatureException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.txn.Savepoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Used by one thread at a time. What a transaction reads: its own writes first, then, when it is pipelined, what it has
 * flushed, then what others had committed when it began (MEM-04, PIP-02).
 */
final class TransactionReads {

    private final TransactionCore core;
    private final @Nullable EarlierWrites earlier;

    /**
     * Reads of a transaction.
     *
     * @param earlier what it had written at a savepoint; null: what it has written now
     */
    TransactionReads(TransactionCore core, @Nullable EarlierWrites earlier) {
        this.core = core;
        this.earlier = earlier;
    }

    /** The same reads over what was written up to a savepoint. */
    TransactionReads before(Savepoint savepoint) {
        synchronized (core) {
            core.checkActive();
            return new TransactionReads(core, core.writes().before(savepoint));
        }
    }

    private TransactionWrites.@Nullable Written own(byte[] key) {
        synchronized (core) {
            core.checkActive();
            return earlier == null
                    ? core.writes().find(key)
                    : TransactionWrites.find(earlier.buffer(), earlier.lookAgain()::address, key);
        }
    }

    /** Reads one key. */
    void get(byte[] key, boolean mayBlock, Promise<byte @Nullable []> promise) {
        if (!isHere(key, mayBlock, promise)) {
            core.snapshot().get(key, System.nanoTime(), mayBlock, promise);
        }
    }

    /** Reads one key for a stage; the caller may change the key when this has returned. */
    void get(byte[] key, SnapshotGet.Async stage) {
        if (!isHere(key, false, stage)) {
            core.snapshot().get(key, stage);
        }
    }

    /** Whether the transaction has written the key itself, and so keeps the promise. */
    @SuppressWarnings("NullAway") // NullAway does not see that the result may be null
    private boolean isHere(byte[] key, boolean mayBlock, Promise<byte @Nullable []> promise) {
        TransactionWrites.Written own = own(key);
        if (own != null) {
            promise.succeed(own.value());
            return true;
        }
        if (!hasFlushed()) {
            return false;
        }
        readThrough(
                List.of(key.clone()),
                mayBlock,
                TxnEngine.promise(found -> promise.succeed(found.get(0)), promise::fail));
        return true;
    }

    private boolean hasFlushed() {
        Pipeline pipeline = core.writes().pipeline();
        return pipeline != null && pipeline.hasFlushed();
    }

    /** Reads keys. */
    void batchGet(List<byte[]> keys, boolean mayBlock, Promise<List<byte @Nullable []>> promise) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        List<byte[]> missing = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        synchronized (core) {
            core.checkActive();
            for (byte[] key : keys) {
                TransactionWrites.Written own = own(key);
                if (own == null) {
                    missing.add(key);
                    places.add(values.size());
                }
                values.add(own == null ? null : own.value());
            }
        }
        Promise<List<byte @Nullable []>> rest = TxnEngine.promise(
                found -> {
                    for (int i = 0; i < places.size(); i++) {
                        values.set(places.get(i), found.get(i));
                    }
                    promise.succeed(values);
                },
                promise::fail);
        if (hasFlushed()) {
            readThrough(missing, mayBlock, rest);
        } else {
            core.snapshot().batchGet(missing, System.nanoTime(), mayBlock, rest);
        }
    }

    /** Reads what this transaction has flushed, and of the rest what it sees of others. */
    private void readThrough(List<byte[]> keys, boolean mayBlock, Promise<List<byte @Nullable []>> promise) {
        long startNs = System.nanoTime();
        SnapshotReads reads = core.snapshot();
        Set<byte[]> unique = new TreeSet<>(Arrays::compareUnsigned);
        unique.addAll(keys);
        FlushedReads.read(
                core.engine(),
                reads.readTs(),
                List.copyOf(unique),
                startNs + reads.timeoutNs(),
                TxnEngine.promise(
                        flushed -> {
                            unique.removeIf(key -> flushed.containsKey(ByteBuffer.wrap(key)));
                            reads.batchGet(
                                    List.copyOf(unique),
                                    startNs,
                                    mayBlock,
                                    TxnEngine.promise(
                                            seen -> promise.succeed(merged(keys, flushed, List.copyOf(unique), seen)),
                                            promise::fail));
                        },
                        promise::fail));
    }

    private static List<byte @Nullable []> merged(
            List<byte[]> keys, Map<ByteBuffer, byte[]> flushed, List<byte[]> others, List<byte @Nullable []> seen) {
        Map<ByteBuffer, byte @Nullable []> all = new HashMap<>();
        flushed.forEach((key, value) -> all.put(key, value.length == 0 ? null : value));
        for (int i = 0; i < others.size(); i++) {
            all.put(ByteBuffer.wrap(others.get(i)), seen.get(i));
        }
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        keys.forEach(key -> values.add(all.get(ByteBuffer.wrap(key))));
        return values;
    }

    /** Reads one page of a scan. */
    void page(ScanCursor cursor, boolean keyOnly, int pairs, boolean mayBlock, Promise<ScanPage> promise) {
        if (core.writes().pipeline() != null) {
            promise.fail(new UnsupportedFeatureException(
                    "a pipelined transaction cannot scan over what it has flushed",
                    FailureDetails.of("scan").build(),
                    null));
            return;
        }
        Overlay overlay;
        synchronized (core) {
            core.checkActive();
            WriteBuffer buffer = core.writes().buffer();
            overlay = earlier == null
                    ? new Overlay(buffer, buffer::address, cursor, pairs)
                    : new Overlay(earlier.buffer(), earlier.lookAgain()::address, cursor, pairs);
        }
        new MergedPage(core.snapshot(), overlay, cursor, keyOnly, pairs, System.nanoTime(), promise).run(mayBlock);
    }
}
