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

    private final TxnEngine engine;
    private final TransactionOptions options;
    private final long startTs;
    private final int attempt;
    private final long bornNs;
    private final long timeoutNs;
    private final RequestContext context;
    private final TransactionReads reads;
    private final ReentrantLock guard = new ReentrantLock();
    private final TransactionWrites writes;
    private volatile State state = State.ACTIVE;
    private final TransactionLocks locks;
    private volatile Runnable endListener = () -> {};
    private volatile @Nullable CommitMode commitMode;

    TransactionCore(TxnEngine engine, TransactionOptions options, long startTs, int attempt) {
        this.engine = engine;
        this.options = options;
        this.startTs = startTs;
        this.attempt = attempt;
        PreparedOptions prepared = engine.prepared(options);
        this.timeoutNs = prepared.timeoutNs();
        this.bornNs = engine.rules().nowNs();
        this.context = prepared.context();
        Pipelining pipelining = options.pipelining();
        this.writes = new TransactionWrites(
                engine,
                guard,
                pipelining == null ? null : new Pipeline(engine, pipelining, guard, startTs, bornNs, context, options),
                options.limits());
        this.reads = new TransactionReads(
                engine,
                guard,
                this::enter,
                writes,
                new SnapshotReads(engine, startTs, prepared.reads(), prepared.readContext(), context.watch()));
        TransactionLocks.Owner owner = new TransactionLocks.Owner(startTs, bornNs, timeoutNs, context, this::isActive);
        this.locks = new TransactionLocks(engine, owner, guard, writes.buffer());
    }

    /** Called once when the transaction has ended. */
    void onEnd(Runnable listener) {
        endListener = listener;
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

    TransactionWrites writes() {
        return writes;
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

    TransactionReads reads() {
        return reads;
    }

    // Writing

    void put(byte[] key, byte[] value, boolean mayBlock) {
        engine.checkKey(key);
        engine.checkValue(value);
        write(key, mayBlock, () -> writes.put(key, value));
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
        writes.awaitRoom(timeoutNs, mayBlock);
        Runnable flush;
        enter();
        try {
            locks.checkWritable(key);
            change.run();
            flush = writes.flushIfFull();
        } finally {
            guard.unlock();
        }
        if (flush != null) {
            flush.run();
        }
    }

    /** Flushes what is written when the transaction is pipelined. */
    void flush(Promise<Boolean> promise) {
        enter();
        guard.unlock();
        writes.flush(promise);
    }

    void expect(byte[] key, boolean present) {
        engine.checkKey(key);
        inside(() -> writes.expect(key, present));
    }

    int size() {
        enter();
        try {
            return writes.size();
        } finally {
            guard.unlock();
        }
    }

    long bytes() {
        enter();
        try {
            return writes.bytes();
        } finally {
            guard.unlock();
        }
    }

    Savepoint savepoint() {
        enter();
        try {
            return writes.savepoint();
        } finally {
            guard.unlock();
        }
    }

    void rollbackTo(Savepoint savepoint) {
        inside(() -> writes.rollbackTo(savepoint));
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
        inside(() -> locks.check(keys, lockOptions));
        locks.lock(keys, lockOptions, promise);
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
        if (!options.pessimistic()) {
            throw new IllegalStateException("an optimistic transaction locks nothing before it commits");
        }
        inside(locks::beginStatement);
        return new TransactionStatement(this);
    }

    private void inside(Runnable change) {
        enter();
        try {
            change.run();
        } finally {
            guard.unlock();
        }
    }

    void retryStatement() {
        inside(locks::retryStatement);
    }

    void endStatement(boolean well) {
        inside(() -> locks.endStatement(well));
    }

    /** A key as this transaction has written it. */
    byte @Nullable [] own(byte[] key, byte @Nullable [] otherwise) {
        enter();
        try {
            TransactionWrites.Written own = writes.find(key);
            return own == null ? otherwise : own.value();
        } finally {
            guard.unlock();
        }
    }

    // Ending

    /** Commits; gives the commit timestamp, or the start timestamp when there was nothing to commit. */
    void commit(Promise<Long> promise) {
        Pipeline pipeline = writes.pipeline();
        if (pipeline != null) {
            inside(() -> move(State.COMMITTING));
            new TransactionCommit(this).start(pipeline, promise);
            return;
        }
        Mutations mutations;
        byte[] unexpected;
        enter();
        try {
            mutations = Mutations.of(writes.buffer(), options.pessimistic(), options.writeFilter());
            unexpected = options.assertions() == AssertionLevel.OFF ? null : writes.unexpected();
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
        } else {
            new TransactionCommit(this).start(mutations, unexpected, promise);
        }
    }

    TransactionLocks locks() {
        return locks;
    }

    long bornNs() {
        return bornNs;
    }

    /** What its requests say, and who sees them. */
    RequestContext context() {
        return context;
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
            if (writes.pipeline() != null) {
                TransactionCommit.rollBack(this, writes.pipeline());
            }
        } finally {
            guard.unlock();
        }
    }

    void end() {
        guard.lock();
        try {
            move(State.ENDED);
            locks.stop();
            writes.close();
        } finally {
            guard.unlock();
        }
        endListener.run();
    }
}
