package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.ExpectationFailedException;
import io.tikvdirect.client.txn.Pipelining;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time, but for its count of shares. One commit after the other, each from the caller's wish to
 * its first request: what is too late or known not to be as expected is refused, commits of this client go one after the
 * other (TXN-18), very large ones split regions first (TXN-19).
 *
 * <p><b>Used again.</b> It owns all that a commit needs and its user never sees: mutations, phases, calls. The commit
 * itself has a share of it, and so has what goes on in the background; who has ended well gives his share back, and the last
 * one makes all of it ready for another transaction. Every request of a commit completes exactly once, and a share is given
 * back only when all requests of its part have. A part that fails keeps its share for ever, and whatever else is unusual (a
 * lock in the way, a second attempt, more than one request for a phase) {@link #retire}s the commit and its write buffer,
 * so that the collector gets what may still be known somewhere.
 *
 * <pre>
 * shares   event                                         next
 * -------  --------------------------------------------  -----------------------
 * 0        {@link #plan}                                 1
 * 1 .. n   {@link #share}                                one more
 * 2 .. n   {@link #release}                              one less
 * 1        {@link #release}                              0, for another transaction unless retired
 * </pre>
 */
final class TransactionCommit {

    private static final long LONGEST_LIFE_NS = TimeUnit.HOURS.toNanos(24);
    private static final int MOST_REUSED_KEYS = 64;
    private static final int MOST_REUSED_KEY_BYTES = 8 * 1024;

    private static final AtomicIntegerFieldUpdater<TransactionCommit> SHARES =
            AtomicIntegerFieldUpdater.newUpdater(TransactionCommit.class, "shares");

    private final TxnEngine engine;
    private final Mutations mutations = new Mutations();
    private final CommitEnd end = new CommitEnd(mutations);
    private final TwoPhaseCommit phases;
    private @Nullable TransactionCore transaction;
    private long callNs;
    private long deadlineNs;
    private boolean retired;

    @SuppressWarnings("UnusedVariable") // used by way of its updater
    private volatile int shares;

    TransactionCommit(TxnEngine engine) {
        this.engine = engine;
        this.phases = new TwoPhaseCommit(engine, this, mutations);
    }

    private TransactionCore transaction() {
        return Objects.requireNonNull(transaction, "no commit is under way");
    }

    /**
     * Takes down what a transaction has written; called under its guard, by who has taken this commit for it.
     *
     * @return false when there is nothing to commit; then nothing follows
     */
    boolean plan(TransactionCore committing) {
        if (!SHARES.compareAndSet(this, 0, 1)) {
            throw new IllegalStateException("a commit is under way");
        }
        transaction = committing;
        TransactionOptions options = committing.options();
        mutations.fill(committing.writes().buffer(), options.pessimistic(), options.writeFilter());
        if (mutations.size() > 0) {
            return true;
        }
        release();
        return false;
    }

    /** Somebody else needs what is here, until he {@link #release}s it. */
    void share() {
        SHARES.incrementAndGet(this);
    }

    /** Something may know of what is here for longer than anybody can tell: it is not used again. */
    void retire() {
        retired = true;
    }

    /** One share less; the caller does not touch anything of this commit again. */
    void release() {
        int left = SHARES.decrementAndGet(this);
        if (left < 0) {
            throw new IllegalStateException("a share of a commit was given back twice");
        }
        if (left == 0 && !retired && mutations.fitsIn(MOST_REUSED_KEYS, MOST_REUSED_KEY_BYTES)) {
            forget();
            engine.spareCommits().giveBack(this);
        }
    }

    private void forget() {
        transaction = null;
        phases.forget();
        end.forget();
        mutations.forget();
        assert mutations.poison();
    }

    /** The transaction is committed; 0: there was nothing that a store had to keep. */
    void committed(long commitTs) {
        mutations.forgetBuffer();
        if (!retired) {
            transaction().writes().leaveBufferToOthers();
        }
        end.succeed(commitTs);
        release();
    }

    /** The transaction is not committed, as far as is known. */
    void failed(TikvException failure) {
        end.fail(failure);
    }

    /**
     * Begins, something being planned.
     *
     * @param unexpected a key that is known not to be as expected; null: none
     * @param promise gets the commit timestamp, or the start timestamp when there was nothing to commit
     */
    void start(byte @Nullable [] unexpected, Promise<Long> promise) {
        TransactionCore committing = transaction();
        callNs = System.nanoTime();
        deadlineNs = callNs + committing.timeoutNs();
        end.begin(committing, callNs, promise);
        TikvException refusal = tooLate(committing);
        if (refusal == null && unexpected != null) {
            refusal = new ExpectationFailedException(
                    "the key is not as expected, as the transaction knows since it was locked",
                    FailureDetails.of("commit")
                            .key(engine.errors().show(unexpected))
                            .build(),
                    null);
        }
        if (refusal != null) {
            Rollback.inBackground(engine, mutations.lockedKeys(), committing.startTs());
            end.fail(refusal);
            return;
        }
        TransactionOptions options = committing.options();
        if (options.pessimistic() || committing.context().watch() != null) {
            retire();
        }
        Latches latches = options.pessimistic() ? null : engine.latches();
        if (latches == null) {
            split();
        } else {
            retire();
            latches.acquire(
                    mutations.keys(),
                    committing.startTs(),
                    deadlineNs,
                    TxnEngine.promise(
                            latch -> {
                                end.latched(latch);
                                split();
                            },
                            end::fail));
        }
    }

    private void split() {
        if (!PreSplit.concerns(engine, mutations)) {
            commit();
            return;
        }
        retire();
        PreSplit.run(
                engine,
                mutations,
                deadlineNs,
                TxnEngine.promise(
                        split -> {
                            end.split();
                            commit();
                        },
                        end::fail));
    }

    private void commit() {
        phases.begin(transaction(), callNs, deadlineNs);
        end.of(phases);
        if (mutations.bytes() > TransactionCore.HEARTBEAT_BYTES) {
            retire();
            transaction().locks().keepAlive(phases.primary());
        }
        phases.start();
    }

    /** Begins the commit of a pipelined transaction. */
    static void start(TransactionCore transaction, Pipeline pipeline, Promise<Long> promise) {
        long callNs = System.nanoTime();
        CommitEnd end = CommitEnd.ofPipelined(transaction, pipeline, callNs, promise);
        TikvException late = tooLate(transaction);
        if (late != null) {
            rollBack(transaction, pipeline);
            end.fail(late);
            return;
        }
        TransactionOptions options = transaction.options();
        PipelinedCommit commit = new PipelinedCommit(
                transaction.engine(),
                pipeline,
                resolveConcurrency(options),
                transaction.startTs(),
                transaction.context(),
                options.commitCheck(),
                callNs,
                callNs + transaction.timeoutNs(),
                end);
        end.of(commit);
        commit.start(transaction.writes()::flush);
    }

    /** Removes what a pipelined transaction has flushed, in the background. */
    static void rollBack(TransactionCore transaction, Pipeline pipeline) {
        PipelinedCommit.rollBackInBackground(
                transaction.engine(), pipeline, transaction.startTs(), resolveConcurrency(transaction.options()));
    }

    private static int resolveConcurrency(TransactionOptions options) {
        Pipelining pipelining = options.pipelining();
        return pipelining == null ? 1 : pipelining.resolveConcurrency();
    }

    private static @Nullable TikvException tooLate(TransactionCore transaction) {
        Pipeline pipeline = transaction.writes().pipeline();
        boolean lockGone = transaction.isLockGone() || (pipeline != null && pipeline.isLockGone());
        if (!lockGone && transaction.engine().rules().nowNs() - transaction.bornNs() < LONGEST_LIFE_NS) {
            return null;
        }
        return new TransactionAbortedException(
                lockGone ? "the transaction's locks have expired" : "the transaction is older than a day",
                FailureDetails.of("commit").build(),
                null);
    }
}
