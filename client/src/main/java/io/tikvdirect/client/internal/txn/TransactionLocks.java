package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Used by one thread at a time, under the guard of its transaction where it touches the write buffer. What a pessimistic
 * transaction has locked, its primary, and the heartbeat that keeps it.
 */
final class TransactionLocks {

    /** A part of the call's time that a lock call keeps for its own end. */
    private static final int WAIT_RESERVE = 10;

    /** What locks need to know of their transaction. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    record Owner(long startTs, long bornNs, long timeoutNs, byte[] context, BooleanSupplier active) {}

    private final TxnEngine engine;
    private final Owner owner;
    private final ReentrantLock guard;
    private final WriteBuffer buffer;
    private byte @Nullable [] primary;
    private long forUpdateTs;
    private @Nullable Heartbeat heartbeat;

    TransactionLocks(TxnEngine engine, Owner owner, ReentrantLock guard, WriteBuffer buffer) {
        this.engine = engine;
        this.owner = owner;
        this.guard = guard;
        this.buffer = buffer;
    }

    byte @Nullable [] primary() {
        return primary;
    }

    long forUpdateTs() {
        return forUpdateTs;
    }

    private int flags(byte[] key) {
        int node = buffer.find(key);
        return node == WriteBuffer.NONE ? 0 : buffer.flags(node);
    }

    /** Refuses what a shared lock does not allow; called under the guard. */
    void check(List<byte[]> keys, LockOptions options) {
        if (options.shared() && primary == null) {
            throw new IllegalStateException("a transaction locks a key for itself alone before it shares others");
        }
        if (!options.shared()) {
            keys.forEach(this::checkWritable);
        }
    }

    /** Refuses a key of which only a share is locked; called under the guard. */
    void checkWritable(byte[] key) {
        if (primary != null && (flags(key) & WriteBuffer.SHARED) != 0) {
            throw new IllegalStateException("a shared lock cannot become exclusive");
        }
    }

    /** Locks keys; gives their values, own writes not laid over. */
    void lock(List<byte[]> keys, LockOptions options, Promise<List<byte @Nullable []>> promise) {
        List<PessimisticLockCall.Wish> wishes = wishes(keys, options);
        if (wishes.isEmpty()) {
            promise.succeed(new ArrayList<>(Arrays.asList(new byte[keys.size()][])));
            return;
        }
        long callNs = System.nanoTime();
        new LockKeys(
                        engine,
                        wishes,
                        primary,
                        owner.startTs(),
                        owner.bornNs(),
                        options,
                        owner.context(),
                        callNs,
                        callNs + owner.timeoutNs(),
                        waitUntilNs(callNs, options.waitFor()),
                        TxnEngine.promise(
                                result -> {
                                    onLocked(result, options.shared());
                                    List<byte @Nullable []> values = new ArrayList<>(keys.size());
                                    keys.forEach(
                                            key -> values.add(result.values().get(key)));
                                    promise.succeed(values);
                                },
                                promise::fail))
                .start();
    }

    private long waitUntilNs(long callNs, @Nullable Duration wait) {
        long timeoutNs = owner.timeoutNs();
        long latestNs = callNs + timeoutNs - timeoutNs / WAIT_RESERVE;
        long wantedNs = wait == null || wait.isZero() ? latestNs : callNs + Math.min(timeoutNs, wait.toNanos());
        return wantedNs - latestNs > 0 ? latestNs : wantedNs;
    }

    private List<PessimisticLockCall.Wish> wishes(List<byte[]> keys, LockOptions options) {
        Set<byte[]> unique = new TreeSet<>(Arrays::compareUnsigned);
        unique.addAll(keys);
        List<PessimisticLockCall.Wish> wishes = new ArrayList<>(unique.size());
        guard.lock();
        try {
            for (byte[] key : unique) {
                int flags = flags(key);
                boolean locked = (flags & WriteBuffer.LOCKED) != 0;
                boolean owned = locked && options.shared() && (flags & WriteBuffer.SHARED) == 0;
                if (!locked || (options.returnValues() && !owned)) {
                    boolean mustNotExist = !locked && (flags & WriteBuffer.PRESUME_NOT_EXISTS) != 0;
                    wishes.add(new PessimisticLockCall.Wish(key.clone(), mustNotExist, locked));
                }
            }
        } finally {
            guard.unlock();
        }
        return wishes;
    }

    private void onLocked(LockKeys.Result result, boolean shared) {
        guard.lock();
        try {
            if (!owner.active().getAsBoolean()) {
                unlock(result.locked(), result.forUpdateTs());
                return;
            }
            for (byte[] key : result.locked()) {
                buffer.flag(key, shared ? WriteBuffer.LOCKED | WriteBuffer.SHARED : WriteBuffer.LOCKED, 0);
                if (primary == null) {
                    primary = key;
                    keepAlive(key);
                }
            }
            forUpdateTs = Math.max(forUpdateTs, result.forUpdateTs());
        } finally {
            guard.unlock();
        }
    }

    /** Begins the heartbeat, unless there is one. */
    void keepAlive(byte[] primaryKey) {
        if (heartbeat == null) {
            Heartbeat beating = new Heartbeat(engine, primaryKey, owner.startTs(), owner.bornNs());
            heartbeat = beating;
            beating.start();
        }
    }

    /** Whether the transaction cannot commit any more. */
    boolean isLockGone() {
        Heartbeat beating = heartbeat;
        return beating != null && beating.isLockGone();
    }

    /** Gives locks up, in the background; called under the guard. */
    void release() {
        List<byte[]> locked = new ArrayList<>();
        for (int node = buffer.first(); primary != null && node != WriteBuffer.NONE; node = buffer.next(node)) {
            if ((buffer.flags(node) & WriteBuffer.LOCKED) != 0) {
                locked.add(buffer.key(node));
            }
        }
        if (!locked.isEmpty()) {
            unlock(locked, forUpdateTs);
        }
    }

    private void unlock(List<byte[]> keys, long until) {
        engine.background()
                .run(
                        "unlocking",
                        done -> LockRemoval.rollBackPessimistic(
                                engine, owner.startTs(), until, keys, LockRemoval.deadlineNs(), done));
    }

    /** Ends the heartbeat. */
    void stop() {
        Heartbeat beating = heartbeat;
        if (beating != null) {
            beating.stop();
        }
    }
}
