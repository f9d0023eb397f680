package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.CommandPriority;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.KeyExistsException;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Savepoint;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.codec.kv.ContextEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Used by one thread at a time, but for {@link #abandon}; a guard keeps that one from pulling memory away. One
 * transaction, for both faces: what it has written, what it has locked, and where it is.
 *
 * <pre>
 * state       event                     next state
 * ----------  ------------------------  ---------------------------------------------
 * ACTIVE      read, write, lock         ACTIVE
 * ACTIVE      commit                    COMMITTING, or ENDED when nothing was written
 * ACTIVE      rollback, client closed   ENDED
 * COMMITTING  committed or failed       ENDED
 * </pre>
 */
final class TransactionCore {

    /** Where a transaction is. */
    enum State {
        ACTIVE,
        COMMITTING,
        ENDED
    }

    /** From so many bytes on, an optimistic transaction is kept alive while it commits (client-go: TTLRefreshedTxnSize). */
    static final long HEARTBEAT_BYTES = 32L << 20;

    private static final long LONGEST_LIFE_NS = TimeUnit.HOURS.toNanos(24);

    /** A part of the call's time that a lock call keeps for its own end. */
    private static final int WAIT_RESERVE = 10;

    private final TxnEngine engine;
    private final TransactionOptions options;
    private final long startTs;
    private final int attempt;
    private final long bornNs = System.nanoTime();
    private final long timeoutNs;
    private final byte[] context;
    private final SnapshotReads reads;
    private final ReentrantLock guard = new ReentrantLock();
    private final WriteBuffer buffer;
    private State state = State.ACTIVE;
    private byte @Nullable [] primary;
    private long forUpdateTs;
    private @Nullable Heartbeat heartbeat;
    private @Nullable TwoPhaseCommit committing;
    private volatile @Nullable CommitMode commitMode;

    TransactionCore(TxnEngine engine, TransactionOptions options, long startTs, int attempt) {
        this.engine = engine;
        this.options = options;
        this.startTs = startTs;
        this.attempt = attempt;
        Duration timeout = options.timeout() == null ? engine.config().timeout() : options.timeout();
        this.timeoutNs = timeout.toNanos();
        SnapshotOptions readOptions = SnapshotOptions.DEFAULT
                .withTimeout(timeout)
                .withPriority(options.priority())
                .withRequestSource(options.requestSource());
        this.reads = new SnapshotReads(engine, startTs, readOptions);
        this.context = context(engine, options);
        this.buffer = new WriteBuffer(engine.allocator());
        engine.onBegun(this);
    }

    private static byte[] context(TxnEngine engine, TransactionOptions options) {
        ContextEncoder encoder = new ContextEncoder();
        if (options.priority() != CommandPriority.NORMAL) {
            encoder.priority(options.priority().number());
        }
        String source = options.requestSource() == null ? engine.config().requestSource() : options.requestSource();
        if (source != null && !source.isEmpty()) {
            encoder.requestSource(source);
        }
        return encoder.encode();
    }

    TxnEngine engine() {
        return engine;
    }

    long startTs() {
        return startTs;
    }

    int attempt() {
        return attempt;
    }

    long timeoutNs() {
        return timeoutNs;
    }

    /** How it was committed; null before that, and when nothing was written. */
    @Nullable
    CommitMode commitMode() {
        return commitMode;
    }

    boolean isActive() {
        return state == State.ACTIVE;
    }

    /** Enters the guard of an active transaction. */
    private void enter() {
        guard.lock();
        if (state != State.ACTIVE) {
            guard.unlock();
            throw new IllegalStateException("the transaction has ended");
        }
    }

    // Reading

    /** Reads one key. */
    @SuppressWarnings("NullAway") // NullAway does not see that the result may be null
    void get(byte[] key, boolean mayBlock, Promise<byte @Nullable []> promise) {
        byte[] own = null;
        boolean isOwn;
        enter();
        try {
            int node = buffer.find(key);
            isOwn = node != WriteBuffer.NONE && buffer.isEntry(node);
            if (isOwn && !buffer.isTombstone(node)) {
                own = buffer.value(node);
            }
        } finally {
            guard.unlock();
        }
        if (isOwn) {
            promise.succeed(own);
        } else {
            reads.get(key, System.nanoTime(), mayBlock, promise);
        }
    }

    /** Reads keys. */
    void batchGet(List<byte[]> keys, boolean mayBlock, Promise<List<byte @Nullable []>> promise) {
        List<byte @Nullable []> values = new ArrayList<>(keys.size());
        List<byte[]> missing = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        enter();
        try {
            for (byte[] key : keys) {
                int node = buffer.find(key);
                if (node == WriteBuffer.NONE || !buffer.isEntry(node)) {
                    missing.add(key);
                    places.add(values.size());
                    values.add(null);
                } else {
                    values.add(buffer.isTombstone(node) ? null : buffer.value(node));
                }
            }
        } finally {
            guard.unlock();
        }
        reads.batchGet(
                missing,
                System.nanoTime(),
                mayBlock,
                TxnEngine.promise(
                        found -> {
                            for (int i = 0; i < places.size(); i++) {
                                values.set(places.get(i), found.get(i));
                            }
                            promise.succeed(values);
                        },
                        promise::fail));
    }

    /** Reads one page of a scan. */
    void page(ScanCursor cursor, boolean keyOnly, int pairs, boolean mayBlock, Promise<ScanPage> promise) {
        Overlay overlay;
        enter();
        try {
            overlay = new Overlay(buffer, cursor, pairs);
        } finally {
            guard.unlock();
        }
        new MergedPage(reads, overlay, cursor, keyOnly, pairs, System.nanoTime(), promise).run(mayBlock);
    }

    // Writing

    void put(byte[] key, byte[] value) {
        engine.checkKey(key);
        engine.checkValue(value);
        enter();
        try {
            buffer.put(key, value, 0, 0);
        } finally {
            guard.unlock();
        }
    }

    void insert(byte[] key, byte[] value) {
        engine.checkKey(key);
        engine.checkValue(value);
        enter();
        try {
            int node = buffer.find(key);
            boolean isOwn = node != WriteBuffer.NONE && buffer.isEntry(node);
            if (isOwn && !buffer.isTombstone(node)) {
                throw new KeyExistsException(
                        "this transaction has written the key already",
                        FailureDetails.of("insert")
                                .key(engine.errors().show(key))
                                .build(),
                        null);
            }
            buffer.put(key, value, isOwn ? 0 : WriteBuffer.PRESUME_NOT_EXISTS, 0);
        } finally {
            guard.unlock();
        }
    }

    void delete(byte[] key) {
        engine.checkKey(key);
        enter();
        try {
            buffer.delete(key, 0, 0);
        } finally {
            guard.unlock();
        }
    }

    int size() {
        enter();
        try {
            return buffer.size();
        } finally {
            guard.unlock();
        }
    }

    long bytes() {
        enter();
        try {
            return buffer.dataBytes();
        } finally {
            guard.unlock();
        }
    }

    /** A place in the undo log of one transaction. */
    record Mark(TransactionCore of, int checkpoint) implements Savepoint {}

    Savepoint savepoint() {
        enter();
        try {
            return new Mark(this, buffer.checkpoint());
        } finally {
            guard.unlock();
        }
    }

    void rollbackTo(Savepoint savepoint) {
        if (!(savepoint instanceof Mark mark) || mark.of() != this) {
            throw new InvalidArgumentException("the savepoint is of another transaction");
        }
        enter();
        try {
            buffer.revert(mark.checkpoint());
        } finally {
            guard.unlock();
        }
    }

    // Locking

    /** Locks keys; gives their values, own writes not laid over. */
    void lock(List<byte[]> keys, LockOptions lockOptions, Promise<List<byte @Nullable []>> promise) {
        keys.forEach(engine::checkKey);
        if (!options.pessimistic()) {
            lockAtCommit(keys, lockOptions);
            promise.succeed(noValues(keys));
            return;
        }
        List<PessimisticLockCall.Wish> wishes = wishes(keys, lockOptions);
        if (wishes.isEmpty()) {
            promise.succeed(noValues(keys));
            return;
        }
        long callNs = System.nanoTime();
        long latestNs = callNs + timeoutNs - timeoutNs / WAIT_RESERVE;
        Duration wait = lockOptions.waitFor();
        long wantedNs = wait == null || wait.isZero() ? latestNs : callNs + Math.min(timeoutNs, wait.toNanos());
        new LockKeys(
                        engine,
                        wishes,
                        primary,
                        startTs,
                        bornNs,
                        lockOptions,
                        context,
                        callNs,
                        callNs + timeoutNs,
                        wantedNs - latestNs > 0 ? latestNs : wantedNs,
                        TxnEngine.promise(
                                result -> {
                                    onLocked(result);
                                    List<byte @Nullable []> values = new ArrayList<>(keys.size());
                                    keys.forEach(
                                            key -> values.add(result.values().get(key)));
                                    promise.succeed(values);
                                },
                                promise::fail))
                .start();
    }

    /** Keys of an optimistic transaction that count as written for others, while their values stay (PES-01). */
    private void lockAtCommit(List<byte[]> keys, LockOptions lockOptions) {
        if (lockOptions.returnValues()) {
            throw new InvalidArgumentException("an optimistic transaction reads nothing when it locks");
        }
        enter();
        try {
            keys.forEach(key -> buffer.flag(key, WriteBuffer.LOCKED, 0));
        } finally {
            guard.unlock();
        }
    }

    private static List<byte @Nullable []> noValues(List<byte[]> keys) {
        return new ArrayList<>(Arrays.asList(new byte[keys.size()][]));
    }

    private List<PessimisticLockCall.Wish> wishes(List<byte[]> keys, LockOptions lockOptions) {
        Set<byte[]> unique = new TreeSet<>(Arrays::compareUnsigned);
        unique.addAll(keys);
        List<PessimisticLockCall.Wish> wishes = new ArrayList<>(unique.size());
        enter();
        try {
            for (byte[] key : unique) {
                int node = buffer.find(key);
                int flags = node == WriteBuffer.NONE ? 0 : buffer.flags(node);
                boolean locked = (flags & WriteBuffer.LOCKED) != 0;
                if (!locked || lockOptions.returnValues()) {
                    boolean mustNotExist = !locked && (flags & WriteBuffer.PRESUME_NOT_EXISTS) != 0;
                    wishes.add(new PessimisticLockCall.Wish(key.clone(), mustNotExist));
                }
            }
        } finally {
            guard.unlock();
        }
        return wishes;
    }

    private void onLocked(LockKeys.Result result) {
        guard.lock();
        try {
            if (state != State.ACTIVE) {
                unlock(result.locked(), result.forUpdateTs());
                return;
            }
            for (byte[] key : result.locked()) {
                buffer.flag(key, WriteBuffer.LOCKED, 0);
                if (primary == null) {
                    primary = key;
                    heartbeat = new Heartbeat(engine, key, startTs, bornNs);
                    heartbeat.start();
                }
            }
            forUpdateTs = Math.max(forUpdateTs, result.forUpdateTs());
        } finally {
            guard.unlock();
        }
    }

    private void unlock(List<byte[]> keys, long until) {
        engine.background()
                .run(
                        "unlocking",
                        done -> LockRemoval.rollBackPessimistic(
                                engine, startTs, until, keys, LockRemoval.deadlineNs(), done));
    }

    /** A key as this transaction has written it. */
    byte @Nullable [] own(byte[] key, byte @Nullable [] otherwise) {
        enter();
        try {
            int node = buffer.find(key);
            if (node == WriteBuffer.NONE || !buffer.isEntry(node)) {
                return otherwise;
            }
            return buffer.isTombstone(node) ? null : buffer.value(node);
        } finally {
            guard.unlock();
        }
    }

    // Ending

    /** Commits; gives the commit timestamp, or the start timestamp when there was nothing to commit. */
    void commit(Promise<Long> promise) {
        Mutations mutations;
        enter();
        try {
            mutations = Mutations.of(buffer, options.pessimistic());
            if (mutations.size() == 0) {
                end();
            } else {
                state = State.COMMITTING;
            }
        } finally {
            guard.unlock();
        }
        if (mutations.size() == 0) {
            promise.succeed(startTs);
            return;
        }
        TikvException late = tooLate();
        if (late != null) {
            TwoPhaseCommit.rollBackInBackground(engine, mutations.lockedKeysBut(new byte[0]), startTs);
            end();
            promise.fail(late);
            return;
        }
        commit(mutations, promise);
    }

    private @Nullable TikvException tooLate() {
        Heartbeat beating = heartbeat;
        boolean lockGone = beating != null && beating.isLockGone();
        if (!lockGone && System.nanoTime() - bornNs < LONGEST_LIFE_NS) {
            return null;
        }
        return new TransactionAbortedException(
                lockGone ? "the transaction's locks have expired" : "the transaction is older than a day",
                FailureDetails.of("commit").build(),
                null);
    }

    private void commit(Mutations mutations, Promise<Long> promise) {
        long callNs = System.nanoTime();
        TwoPhaseCommit.Terms terms = new TwoPhaseCommit.Terms(
                startTs,
                bornNs,
                primary != null,
                forUpdateTs,
                primary,
                options.asyncCommit(),
                options.onePhaseCommit(),
                options.causalConsistency(),
                context);
        TwoPhaseCommit commit = new TwoPhaseCommit(
                engine,
                terms,
                mutations,
                callNs,
                callNs + timeoutNs,
                TxnEngine.promise(
                        commitTs -> {
                            committed(commitTs);
                            end();
                            promise.succeed(commitTs == 0 ? startTs : commitTs);
                        },
                        failure -> {
                            end();
                            promise.fail(failure);
                        }));
        committing = commit;
        if (heartbeat == null && mutations.bytes() > HEARTBEAT_BYTES) {
            heartbeat = new Heartbeat(engine, commit.primary(), startTs, bornNs);
            heartbeat.start();
        }
        commit.start();
    }

    private void committed(long commitTs) {
        TwoPhaseCommit commit = committing;
        commitMode = commitTs == 0 || commit == null ? null : commit.mode();
    }

    /** Ends without writing; does nothing when it has ended or is being committed. */
    void rollback() {
        guard.lock();
        try {
            if (state != State.ACTIVE) {
                return;
            }
            List<byte[]> locked = new ArrayList<>();
            for (int node = buffer.first(); primary != null && node != WriteBuffer.NONE; node = buffer.next(node)) {
                if ((buffer.flags(node) & WriteBuffer.LOCKED) != 0) {
                    locked.add(buffer.key(node));
                }
            }
            if (!locked.isEmpty()) {
                unlock(locked, forUpdateTs);
            }
            end();
        } finally {
            guard.unlock();
        }
    }

    /** Called by any thread when the client is closed. */
    void abandon() {
        rollback();
    }

    private void end() {
        guard.lock();
        try {
            state = State.ENDED;
            Heartbeat beating = heartbeat;
            if (beating != null) {
                beating.stop();
            }
            buffer.close();
        } finally {
            guard.unlock();
        }
        engine.onEnded(this);
    }
}
