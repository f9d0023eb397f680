package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.ExpectationFailedException;
import io.tikvdirect.client.txn.Pipelining;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. One commit, from the caller's wish to its first request: what is too late or known not to
 * be as expected is refused, commits of this client go one after the other (TXN-18), very large ones split regions first
 * (TXN-19).
 */
final class TransactionCommit {

    private static final long LONGEST_LIFE_NS = TimeUnit.HOURS.toNanos(24);

    private final TransactionCore transaction;
    private final TxnEngine engine;
    private final TransactionOptions options;
    private final long callNs = System.nanoTime();
    private final long deadlineNs;

    TransactionCommit(TransactionCore transaction) {
        this.transaction = transaction;
        this.engine = transaction.engine();
        this.options = transaction.options();
        this.deadlineNs = callNs + transaction.timeoutNs();
    }

    /**
     * Begins.
     *
     * @param mutations at least one
     * @param unexpected a key that is known not to be as expected; null: none
     */
    void start(Mutations mutations, byte @Nullable [] unexpected, Promise<Long> promise) {
        CommitEnd end = new CommitEnd(transaction, mutations, callNs, promise);
        TikvException refusal = tooLate();
        if (refusal == null && unexpected != null) {
            refusal = new ExpectationFailedException(
                    "the key is not as expected, as the transaction knows since it was locked",
                    FailureDetails.of("commit")
                            .key(engine.errors().show(unexpected))
                            .build(),
                    null);
        }
        if (refusal != null) {
            Rollback.inBackground(engine, mutations.lockedKeysBut(new byte[0]), transaction.startTs());
            end.fail(refusal);
            return;
        }
        Latches latches = options.pessimistic() ? null : engine.latches();
        if (latches == null) {
            split(mutations, end);
        } else {
            latches.acquire(
                    mutations.keys(),
                    transaction.startTs(),
                    deadlineNs,
                    TxnEngine.promise(
                            latch -> {
                                end.latched(latch);
                                split(mutations, end);
                            },
                            end::fail));
        }
    }

    private void split(Mutations mutations, CommitEnd end) {
        if (!PreSplit.concerns(engine, mutations)) {
            commit(mutations, end);
            return;
        }
        PreSplit.run(
                engine,
                mutations,
                deadlineNs,
                TxnEngine.promise(
                        split -> {
                            end.split();
                            commit(mutations, end);
                        },
                        end::fail));
    }

    private void commit(Mutations mutations, CommitEnd end) {
        Timestamp commitAfter = options.commitAfter();
        TransactionLocks locks = transaction.locks();
        TwoPhaseCommit.Terms terms = new TwoPhaseCommit.Terms(
                transaction.startTs(),
                transaction.bornNs(),
                locks.primary() != null,
                locks.forUpdateTs(),
                locks.primary(),
                options.asyncCommit(),
                options.onePhaseCommit(),
                options.causalConsistency(),
                transaction.context(),
                options.assertions().number(),
                commitAfter == null ? 0 : commitAfter.version(),
                options.commitCheck(),
                new Yielding(transaction.startTs(), options.pessimistic(), options.failAtLocks()));
        TwoPhaseCommit commit = new TwoPhaseCommit(engine, terms, mutations, callNs, deadlineNs, end);
        end.of(commit);
        if (mutations.bytes() > TransactionCore.HEARTBEAT_BYTES) {
            locks.keepAlive(commit.primary());
        }
        commit.start();
    }

    /** Begins the commit of a pipelined transaction. */
    void start(Pipeline pipeline, Promise<Long> promise) {
        CommitEnd end = CommitEnd.ofPipelined(transaction, pipeline, callNs, promise);
        TikvException late = tooLate();
        if (late != null) {
            rollBack(transaction, pipeline);
            end.fail(late);
            return;
        }
        PipelinedCommit commit = new PipelinedCommit(
                engine,
                pipeline,
                resolveConcurrency(options),
                transaction.startTs(),
                transaction.context(),
                options.commitCheck(),
                callNs,
                deadlineNs,
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

    private @Nullable TikvException tooLate() {
        Pipeline pipeline = transaction.writes().pipeline();
        boolean lockGone = transaction.locks().isLockGone() || (pipeline != null && pipeline.isLockGone());
        if (!lockGone && engine.rules().nowNs() - transaction.bornNs() < LONGEST_LIFE_NS) {
            return null;
        }
        return new TransactionAbortedException(
                lockGone ? "the transaction's locks have expired" : "the transaction is older than a day",
                FailureDetails.of("commit").build(),
                null);
    }
}
