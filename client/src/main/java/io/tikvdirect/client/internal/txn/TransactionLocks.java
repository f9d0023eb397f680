package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Used by one thread at a time, under the monitor of its transaction where it touches the write buffer. What a pessimistic
 * transaction has locked, its primary, and the heartbeat that keeps it.
 */
final class TransactionLocks {

    /** A part of the call's time that a lock call keeps for its own end. */
    private static final int WAIT_RESERVE = 10;

    private final TransactionCore transaction;
    private byte @Nullable [] primary;
    private long forUpdateTs;
    private @Nullable Heartbeat heartbeat;
    private @Nullable StatementLocks statement;

    TransactionLocks(TransactionCore transaction) {
        this.transaction = transaction;
    }

    private WriteBuffer buffer() {
        return transaction.writes().buffer();
    }

    byte @Nullable [] primary() {
        return primary;
    }

    long forUpdateTs() {
        return forUpdateTs;
    }

    private int flags(byte[] key) {
        WriteBuffer buffer = buffer();
        int node = buffer.find(key);
        return node == WriteBuffer.NONE ? 0 : buffer.flags(node);
    }

    /** Refuses what a shared lock does not allow; called with the monitor. */
    void check(List<byte[]> keys, LockOptions options) {
        if (options.shared() && primary == null) {
            throw new IllegalStateException("a transaction locks a key for itself alone before it shares others");
        }
        if (!options.shared()) {
            keys.forEach(this::checkWritable);
        }
    }

    /** Refuses a key of which only a share is locked; called with the monitor. */
    void checkWritable(byte[] key) {
        if (primary != null && (flags(key) & WriteBuffer.SHARED) != 0) {
            throw new IllegalStateException("a shared lock cannot become exclusive");
        }
    }

    /** Locks keys; gives their values, own writes not laid over. */
    void lock(List<byte[]> keys, LockOptions options, Promise<List<byte @Nullable []>> promise) {
        List<PessimisticLockCall.Wish> wishes = wishes(keys, options);
        if (wishes.isEmpty()) {
            promise.succeed(values(keys, Map.of()));
            return;
        }
        long callNs = System.nanoTime();
        new LockKeys(
                        transaction.engine(),
                        wishes,
                        primary,
                        transaction.startTs(),
                        transaction.bornNs(),
                        options,
                        transaction.context(),
                        callNs,
                        callNs + transaction.timeoutNs(),
                        waitUntilNs(callNs, options.waitFor()),
                        TxnEngine.promise(
                                result -> {
                                    onLocked(result, options);
                                    promise.succeed(values(keys, result.values()));
                                },
                                promise::fail))
                .start();
    }

    private List<byte @Nullable []> values(List<byte[]> keys, Map<byte[], byte @Nullable []> found) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        synchronized (transaction) {
            StatementLocks kept = statement;
            for (byte[] key : keys) {
                values.add(kept == null || found.containsKey(key) ? found.get(key) : kept.value(key));
            }
        }
        return values;
    }

    private long waitUntilNs(long callNs, @Nullable Duration wait) {
        long timeoutNs = transaction.timeoutNs();
        long latestNs = callNs + timeoutNs - timeoutNs / WAIT_RESERVE;
        long wantedNs = wait == null || wait.isZero() ? latestNs : callNs + Math.min(timeoutNs, wait.toNanos());
        return wantedNs - latestNs > 0 ? latestNs : wantedNs;
    }

    private List<PessimisticLockCall.Wish> wishes(List<byte[]> keys, LockOptions options) {
        Set<byte[]> unique = new TreeSet<>(Arrays::compareUnsigned);
        unique.addAll(keys);
        List<PessimisticLockCall.Wish> wishes = new ArrayList<>(unique.size());
        synchronized (transaction) {
            for (byte[] key : unique) {
                int flags = flags(key);
                boolean locked = (flags & WriteBuffer.LOCKED) != 0;
                boolean owned = locked && options.shared() && (flags & WriteBuffer.SHARED) == 0;
                boolean isKept = statement != null && statement.knows(key);
                if (statement != null) {
                    statement.ask(key);
                }
                if (!locked || (options.returnValues() && !owned && !isKept)) {
                    boolean mustNotExist = !locked && (flags & WriteBuffer.PRESUME_NOT_EXISTS) != 0;
                    wishes.add(new PessimisticLockCall.Wish(key.clone(), mustNotExist, locked));
                }
            }
        }
        return wishes;
    }

    private void onLocked(LockKeys.Result result, LockOptions options) {
        synchronized (transaction) {
            if (!transaction.isActive()) {
                unlock(result.locked(), result.forUpdateTs());
                return;
            }
            for (byte[] key : result.locked()) {
                if (statement != null && (flags(key) & WriteBuffer.LOCKED) == 0) {
                    statement.locked(key);
                }
                buffer().flag(key, options.shared() ? WriteBuffer.LOCKED | WriteBuffer.SHARED : WriteBuffer.LOCKED, 0);
                if (options.returnValues()) {
                    boolean exists = result.values().get(key) != null;
                    buffer().flag(
                                    key,
                                    exists ? WriteBuffer.FOUND : WriteBuffer.MISSING,
                                    exists ? WriteBuffer.MISSING : WriteBuffer.FOUND);
                }
                if (primary == null) {
                    primary = key;
                    keepAlive(key);
                }
            }
            forUpdateTs = Math.max(forUpdateTs, result.forUpdateTs());
            if (statement != null && options.returnValues()) {
                statement.keep(result.values());
            }
        }
    }

    /** A statement begins; called with the monitor. */
    void beginStatement() {
        if (statement != null) {
            throw new IllegalStateException("a statement is under way already");
        }
        statement = new StatementLocks();
    }

    /** The statement begins another attempt; called with the monitor. */
    void retryStatement() {
        if (statement != null) {
            statement.retry();
        }
    }

    /** The statement ends; called with the monitor. */
    void endStatement(boolean well) {
        StatementLocks ended = statement;
        statement = null;
        if (ended != null) {
            giveUp(well ? ended.leftOver() : ended.all(), well && !ended.isEmpty());
        }
    }

    /** Gives some locks up; other locks may need the primary. */
    private void giveUp(Set<byte[]> keys, boolean keepsPrimary) {
        List<byte[]> given = new ArrayList<>();
        for (byte[] key : keys) {
            boolean isPrimary = primary != null && Arrays.equals(key, primary);
            if (isPrimary && !keepsPrimary) {
                stop();
                heartbeat = null;
                primary = null;
            }
            if (!isPrimary || !keepsPrimary) {
                buffer().flag(key, 0, WriteBuffer.OF_LOCKS);
                given.add(key);
            }
        }
        if (!given.isEmpty()) {
            unlock(given, forUpdateTs);
        }
    }

    /** Begins the heartbeat, unless there is one. */
    void keepAlive(byte[] primaryKey) {
        if (heartbeat == null) {
            Heartbeat beating =
                    new Heartbeat(transaction.engine(), primaryKey, transaction.startTs(), transaction.bornNs());
            heartbeat = beating;
            beating.start();
        }
    }

    /** Whether the transaction cannot commit any more. */
    boolean isLockGone() {
        Heartbeat beating = heartbeat;
        return beating != null && beating.isLockGone();
    }

    /** Gives locks up, in the background; called with the monitor. */
    void release() {
        List<byte[]> locked = new ArrayList<>();
        WriteBuffer buffer = buffer();
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
        transaction
                .engine()
                .background()
                .run(
                        "unlocking",
                        done -> LockRemoval.rollBackPessimistic(
                                transaction.engine(),
                                transaction.startTs(),
                                until,
                                keys,
                                LockRemoval.deadlineNs(),
                                done));
    }

    /** Ends the heartbeat. */
    void stop() {
        Heartbeat beating = heartbeat;
        if (beating != null) {
            beating.stop();
        }
    }
}
