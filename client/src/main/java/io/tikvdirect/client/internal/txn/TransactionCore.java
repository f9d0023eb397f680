package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.AssertionLevel;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.LockStatement;
import io.tikvdirect.client.txn.Pipelining;
import io.tikvdirect.client.txn.Savepoint;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Used by one thread at a time, but for {@link #rollback}; its own monitor keeps that one from pulling memory away, and
 * nobody waits for anything while holding it. One transaction, for both faces: what it has written, what it has locked, and
 * where it is. What reads and locks need is made when there is a read or a lock.
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
final class TransactionCore extends OpenTransactions.Open {

    /** Where a transaction is. */
    enum State {
        ACTIVE,
        COMMITTING,
        ENDED
    }

    /** From so many bytes on, an optimistic transaction is kept alive while it commits (client-go: TTLRefreshedTxnSize). */
    static final long HEARTBEAT_BYTES = 32L << 20;

    private final TxnEngine engine;
    private final PreparedOptions prepared;
    private final long startTs;
    private final int attempt;
    private final long bornNs;
    private final TransactionWrites writes;
    private volatile State state = State.ACTIVE;
    private volatile @Nullable TransactionLocks locks;
    private @Nullable SnapshotReads snapshot;
    private volatile @Nullable CommitMode commitMode;

    /**
     * A transaction that has not ended.
     *
     * @param face held by whoever can end it, and by nothing else
     */
    TransactionCore(Object face, TxnEngine engine, TransactionOptions options, long startTs, int attempt) {
        super(face, engine.open());
        this.engine = engine;
        this.prepared = engine.prepared(options);
        this.startTs = startTs;
        this.attempt = attempt;
        this.bornNs = engine.rules().nowNs();
        Pipelining pipelining = options.pipelining();
        this.writes = new TransactionWrites(
                engine,
                this,
                pipelining == null
                        ? null
                        : new Pipeline(engine, pipelining, this, startTs, bornNs, prepared.context(), options),
                options.limits());
    }

    private void move(State next) {
        engine.trace().moved(state, next);
        state = next;
    }

    TxnEngine engine() {
        return engine;
    }

    @Override
    long startTs() {
        return startTs;
    }

    TransactionWrites writes() {
        return writes;
    }

    int attempt() {
        return attempt;
    }

    long timeoutNs() {
        return prepared.timeoutNs();
    }

    /** How it was committed; null before that, and when nothing was written. */
    @Nullable
    CommitMode commitMode() {
        return commitMode;
    }

    @Override
    boolean isActive() {
        return state == State.ACTIVE;
    }

    /** Refuses what comes too late; called with the monitor. */
    void checkActive() {
        if (state != State.ACTIVE) {
            throw new IllegalStateException("the transaction has ended");
        }
    }

    TransactionReads reads() {
        return new TransactionReads(this, null);
    }

    /** What others had committed when this began. */
    SnapshotReads snapshot() {
        SnapshotReads present = snapshot;
        if (present == null) {
            present = new SnapshotReads(
                    engine,
                    startTs,
                    prepared.reads(),
                    prepared.readContext(),
                    prepared.context().watch());
            snapshot = present;
        }
        return present;
    }

    // Writing

    void put(byte[] key, byte[] value, boolean mayBlock) {
        engine.checkKey(key);
        engine.checkValue(value);
        writes.awaitRoom(timeoutNs(), mayBlock);
        Runnable flush;
        synchronized (this) {
            checkWritable(key);
            writes.put(key, value);
            flush = writes.flushIfFull();
        }
        if (flush != null) {
            flush.run();
        }
    }

    void insert(byte[] key, byte[] value, boolean mayBlock) {
        engine.checkKey(key);
        engine.checkValue(value);
        write(key, mayBlock, () -> writes.insert(key, value));
    }

    /** The key must not exist when the transaction commits; nothing is written. */
    void requireAbsent(byte[] key, boolean mayBlock) {
        engine.checkKey(key);
        write(key, mayBlock, () -> writes.requireAbsent(key));
    }

    void delete(byte[] key, boolean mayBlock) {
        engine.checkKey(key);
        write(key, mayBlock, () -> writes.delete(key));
    }

    private void write(byte[] key, boolean mayBlock, Runnable change) {
        writes.awaitRoom(timeoutNs(), mayBlock);
        Runnable flush;
        synchronized (this) {
            checkWritable(key);
            change.run();
            flush = writes.flushIfFull();
        }
        if (flush != null) {
            flush.run();
        }
    }

    private void checkWritable(byte[] key) {
        checkActive();
        TransactionLocks present = locks;
        if (present != null) {
            present.checkWritable(key);
        }
    }

    /** Flushes what is written when the transaction is pipelined. */
    void flush(Promise<Boolean> promise) {
        inside(() -> {});
        writes.flush(promise);
    }

    void expect(byte[] key, boolean present) {
        engine.checkKey(key);
        inside(() -> writes.expect(key, present));
    }

    synchronized int size() {
        checkActive();
        return writes.size();
    }

    synchronized long bytes() {
        checkActive();
        return writes.bytes();
    }

    synchronized Savepoint savepoint() {
        checkActive();
        return writes.savepoint();
    }

    void rollbackTo(Savepoint savepoint) {
        inside(() -> writes.rollbackTo(savepoint));
    }

    // Locking

    /** Locks keys; gives their values, own writes not laid over. */
    void lock(List<byte[]> keys, LockOptions lockOptions, Promise<List<byte @Nullable []>> promise) {
        keys.forEach(engine::checkKey);
        if (!options().pessimistic()) {
            lockAtCommit(keys, lockOptions);
            promise.succeed(new ArrayList<>(Arrays.asList(new byte[keys.size()][])));
            return;
        }
        inside(() -> locks().check(keys, lockOptions));
        locks().lock(keys, lockOptions, promise);
    }

    /** Keys of an optimistic transaction that count as written for others, while their values stay (PES-01). */
    private void lockAtCommit(List<byte[]> keys, LockOptions lockOptions) {
        if (lockOptions.returnValues() || lockOptions.shared()) {
            throw new InvalidArgumentException("an optimistic transaction reads and shares nothing when it locks");
        }
        inside(() -> writes.lock(keys));
    }

    /** The commit has ended well. */
    void committed(CommitMode how) {
        commitMode = how;
        end();
    }

    /** Begins a statement, whose locks are kept over its attempts. */
    LockStatement statement() {
        if (!options().pessimistic()) {
            throw new IllegalStateException("an optimistic transaction locks nothing before it commits");
        }
        inside(() -> locks().beginStatement());
        return new TransactionStatement(this);
    }

    private synchronized void inside(Runnable change) {
        checkActive();
        change.run();
    }

    void retryStatement() {
        inside(() -> locks().retryStatement());
    }

    void endStatement(boolean well) {
        inside(() -> locks().endStatement(well));
    }

    /** A key as this transaction has written it. */
    synchronized byte @Nullable [] own(byte[] key, byte @Nullable [] otherwise) {
        checkActive();
        TransactionWrites.Written own = writes.find(key);
        return own == null ? otherwise : own.value();
    }

    // Ending

    /** Commits; gives the commit timestamp, or the start timestamp when there was nothing to commit. */
    void commit(Promise<Long> promise) {
        Pipeline pipeline = writes.pipeline();
        if (pipeline != null) {
            inside(() -> move(State.COMMITTING));
            TransactionCommit.start(this, pipeline, promise);
            return;
        }
        TransactionCommit commit;
        byte[] unexpected;
        boolean isEmpty;
        synchronized (this) {
            checkActive();
            commit = engine.spareCommits().take();
            isEmpty = !commit.plan(this);
            unexpected = options().assertions() == AssertionLevel.OFF ? null : writes.unexpected();
            if (isEmpty) {
                writes.leaveBufferToOthers();
                end();
            } else {
                move(State.COMMITTING);
            }
        }
        if (isEmpty) {
            promise.succeed(startTs);
        } else {
            commit.start(unexpected, promise);
        }
    }

    /** Its locks, and what keeps them alive; made when first asked for. */
    synchronized TransactionLocks locks() {
        TransactionLocks present = locks;
        if (present == null) {
            present = new TransactionLocks(this);
            locks = present;
        }
        return present;
    }

    /** The key that decides, if one is locked already. */
    byte @Nullable [] primary() {
        TransactionLocks present = locks;
        return present == null ? null : present.primary();
    }

    /** By what its locks were taken; 0: by nothing, it has none. */
    long forUpdateTs() {
        TransactionLocks present = locks;
        return present == null ? 0 : present.forUpdateTs();
    }

    /** Whether it cannot commit any more. */
    boolean isLockGone() {
        TransactionLocks present = locks;
        return present != null && present.isLockGone();
    }

    long bornNs() {
        return bornNs;
    }

    /** What its requests say, and who sees them. */
    RequestContext context() {
        return prepared.context();
    }

    TransactionOptions options() {
        return prepared.options();
    }

    /** Ends without writing; does nothing when it has ended or is being committed. */
    @Override
    synchronized void rollback() {
        if (state != State.ACTIVE) {
            return;
        }
        TransactionLocks present = locks;
        if (present != null) {
            present.release();
        }
        end();
        if (writes.pipeline() != null) {
            TransactionCommit.rollBack(this, writes.pipeline());
        }
    }

    synchronized void end() {
        move(State.ENDED);
        TransactionLocks present = locks;
        if (present != null) {
            present.stop();
        }
        writes.close();
        engine.open().remove(this);
    }
}
