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
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Used by one thread at a time. What a transaction reads: its own writes first, then, when it is pipelined, what it has
 * flushed, then what others had committed when it began (MEM-04, PIP-02).
 */
final class TransactionReads {

    private final TxnEngine engine;
    private final ReentrantLock guard;
    private final Runnable entrance;
    private final TransactionWrites writes;
    private final SnapshotReads reads;
    private final @Nullable EarlierWrites earlier;

    /**
     * Reads of a transaction.
     *
     * @param guard of the transaction
     * @param entrance enters the guard, or throws when the transaction has ended
     * @param reads of what others have committed
     */
    TransactionReads(
            TxnEngine engine, ReentrantLock guard, Runnable entrance, TransactionWrites writes, SnapshotReads reads) {
        this(engine, guard, entrance, writes, reads, null);
    }

    private TransactionReads(
            TxnEngine engine,
            ReentrantLock guard,
            Runnable entrance,
            TransactionWrites writes,
            SnapshotReads reads,
            @Nullable EarlierWrites earlier) {
        this.engine = engine;
        this.guard = guard;
        this.entrance = entrance;
        this.writes = writes;
        this.reads = reads;
        this.earlier = earlier;
    }

    /** The same reads over what was written up to a savepoint. */
    TransactionReads before(Savepoint savepoint) {
        entrance.run();
        try {
            return new TransactionReads(engine, guard, entrance, writes, reads, writes.before(savepoint));
        } finally {
            guard.unlock();
        }
    }

    private TransactionWrites.@Nullable Written own(byte[] key) {
        return earlier == null
                ? writes.find(key)
                : TransactionWrites.find(earlier.buffer(), earlier.lookAgain()::address, key);
    }

    /** Reads one key. */
    @SuppressWarnings("NullAway") // NullAway does not see that the result may be null
    void get(byte[] key, boolean mayBlock, Promise<byte @Nullable []> promise) {
        TransactionWrites.Written own;
        entrance.run();
        try {
            own = own(key);
        } finally {
            guard.unlock();
        }
        if (own != null) {
            promise.succeed(own.value());
        } else if (hasFlushed()) {
            readThrough(
                    List.of(key), mayBlock, TxnEngine.promise(found -> promise.succeed(found.get(0)), promise::fail));
        } else {
            reads.get(key, System.nanoTime(), mayBlock, promise);
        }
    }

    private boolean hasFlushed() {
        Pipeline pipeline = writes.pipeline();
        return pipeline != null && pipeline.hasFlushed();
    }

    /** Reads keys. */
    void batchGet(List<byte[]> keys, boolean mayBlock, Promise<List<byte @Nullable []>> promise) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        List<byte[]> missing = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        entrance.run();
        try {
            for (byte[] key : keys) {
                TransactionWrites.Written own = own(key);
                if (own == null) {
                    missing.add(key);
                    places.add(values.size());
                }
                values.add(own == null ? null : own.value());
            }
        } finally {
            guard.unlock();
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
            reads.batchGet(missing, System.nanoTime(), mayBlock, rest);
        }
    }

    /** Reads what this transaction has flushed, and of the rest what it sees of others. */
    private void readThrough(List<byte[]> keys, boolean mayBlock, Promise<List<byte @Nullable []>> promise) {
        long startNs = System.nanoTime();
        Set<byte[]> unique = new TreeSet<>(Arrays::compareUnsigned);
        unique.addAll(keys);
        FlushedReads.read(
                engine,
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
        if (writes.pipeline() != null) {
            promise.fail(new UnsupportedFeatureException(
                    "a pipelined transaction cannot scan over what it has flushed",
                    FailureDetails.of("scan").build(),
                    null));
            return;
        }
        Overlay overlay;
        entrance.run();
        try {
            overlay = earlier == null
                    ? new Overlay(writes.buffer(), writes.buffer()::address, cursor, pairs)
                    : new Overlay(earlier.buffer(), earlier.lookAgain()::address, cursor, pairs);
        } finally {
            guard.unlock();
        }
        new MergedPage(reads, overlay, cursor, keyOnly, pairs, System.nanoTime(), promise).run(mayBlock);
    }
}
