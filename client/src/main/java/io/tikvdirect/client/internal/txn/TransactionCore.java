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
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.codec.kv.ContextEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Used by one thread at a time, but for {@link #rollback}; a guard keeps that one from pulling memory away. One
 * transaction, for both faces: what it has written, what it has locked, and where it is.
 *
 * <pre>
 * state       event                     next state
 * ----------  ------------------------  ---------------------------------------------
 * ACTIVE      commit                    COMMITTING
 * ACTIVE      commit, nothing written   ENDED
 * ACTIVE      rollback, close, leak     ENDED
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
    private volatile State state = State.ACTIVE;
    private final TransactionLocks locks;
    private volatile Runnable endListener = () -> {};
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
        TransactionLocks.Owner owner = new TransactionLocks.Owner(startTs, bornNs, timeoutNs, context, this::isActive);
        this.locks = new TransactionLocks(engine, owner, guard, buffer);
    }

    /** Called once when the transaction has ended. */
    void onEnd(Runnable listener) {
        endListener = listener;
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

    private void move(State next) {
        engine.trace().moved(state, next);
        state = next;
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
            locks.checkWritable(key);
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
            locks.checkWritable(key);
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
            locks.checkWritable(key);
            buffer.delete(key, 0, 0);
        } finally {
            guard.unlock();
        }
    }

    void expect(byte[] key, boolean present) {
        engine.checkKey(key);
        enter();
        try {
            buffer.flag(
                    key,
                    present ? WriteBuffer.EXPECT_PRESENT : WriteBuffer.EXPECT_ABSENT,
                    present ? WriteBuffer.EXPECT_ABSENT : WriteBuffer.EXPECT_PRESENT);
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
            promise.succeed(new ArrayList<>(Arrays.asList(new byte[keys.size()][])));
            return;
        }
        enter();
        try {
            locks.check(keys, lockOptions);
        } finally {
            guard.unlock();
        }
        locks.lock(keys, lockOptions, promise);
    }

    /** Keys of an optimistic transaction that count as written for others, while their values stay (PES-01). */
    private void lockAtCommit(List<byte[]> keys, LockOptions lockOptions) {
        if (lockOptions.returnValues() || lockOptions.shared()) {
            throw new InvalidArgumentException("an optimistic transaction reads and shares nothing when it locks");
        }
        enter();
        try {
            keys.forEach(key -> buffer.flag(key, WriteBuffer.LOCKED, 0));
        } finally {
            guard.unlock();
        }
    }

    /** The commit has ended well. */
    void committed(CommitMode how) {
        commitMode = how;
        end();
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
                move(State.COMMITTING);
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
        boolean lockGone = locks.isLockGone();
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
        Timestamp commitAfter = options.commitAfter();
        TwoPhaseCommit.Terms terms = new TwoPhaseCommit.Terms(
                startTs,
                bornNs,
                locks.primary() != null,
                locks.forUpdateTs(),
                locks.primary(),
                options.asyncCommit(),
                options.onePhaseCommit(),
                options.causalConsistency(),
                context,
                options.assertions().number(),
                commitAfter == null ? 0 : commitAfter.version(),
                options.commitCheck());
        CommitEnd end = new CommitEnd(this, mutations, callNs, promise);
        TwoPhaseCommit commit = new TwoPhaseCommit(engine, terms, mutations, callNs, callNs + timeoutNs, end);
        end.of(commit);
        if (mutations.bytes() > HEARTBEAT_BYTES) {
            locks.keepAlive(commit.primary());
        }
        commit.start();
    }

    TransactionOptions options() {
        return options;
    }

    /** Ends without writing; does nothing when it has ended or is being committed. */
    void rollback() {
        guard.lock();
        try {
            if (state != State.ACTIVE) {
                return;
            }
            locks.release();
            end();
        } finally {
            guard.unlock();
        }
    }

    void end() {
        guard.lock();
        try {
            move(State.ENDED);
            locks.stop();
            buffer.close();
        } finally {
            guard.unlock();
        }
        endListener.run();
    }
}
