package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.CommitCheck;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. Commits a pipelined transaction (PIP-03): the rest is flushed, the primary committed while
 * the caller waits, and then all other locks are turned into values in the background.
 *
 * <pre>
 * state           event                                      next state
 * --------------  -----------------------------------------  -------------------------------------
 * FLUSH           nothing was written, at most checked       COMMITTED
 * FLUSH           all is flushed                             ASK_COMMIT_TS
 * FLUSH           failed, or the deadline has passed         ROLLED_BACK
 * ASK_COMMIT_TS   timestamp                                  COMMIT_PRIMARY
 * ASK_COMMIT_TS   failed, or vetoed                          ROLLED_BACK
 * COMMIT_PRIMARY  committed                                  COMMITTED, other keys in the background
 * COMMIT_PRIMARY  a reader has pushed the transaction        ASK_COMMIT_TS
 * COMMIT_PRIMARY  refused, or surely not executed            ROLLED_BACK
 * COMMIT_PRIMARY  failed, an answer is lost                  UNDETERMINED
 * </pre>
 */
final class PipelinedCommit implements CommitEnd.Phased {

    /** Where a commit is. */
    enum State {
        FLUSH,
        ASK_COMMIT_TS,
        COMMIT_PRIMARY,
        COMMITTED,
        ROLLED_BACK,
        UNDETERMINED
    }

    private final TxnEngine engine;
    private final Pipeline pipeline;
    private final int concurrency;
    private final long startTs;
    private final RequestContext context;
    private final @Nullable CommitCheck check;
    private final long callNs;
    private final long deadlineNs;
    private final Promise<Long> promise;
    private final AtomicBoolean flushEnded = new AtomicBoolean();
    private final StateTimes times = new StateTimes(State.values().length);
    private State state = State.FLUSH;

    /**
     * A commit not begun.
     *
     * @param concurrency regions whose locks are ended at a time
     * @param promise gets the commit timestamp; 0 when nothing was written
     */
    PipelinedCommit(
            TxnEngine engine,
            Pipeline pipeline,
            int concurrency,
            long startTs,
            RequestContext context,
            @Nullable CommitCheck check,
            long callNs,
            long deadlineNs,
            Promise<Long> promise) {
        this.engine = engine;
        this.pipeline = pipeline;
        this.concurrency = concurrency;
        this.startTs = startTs;
        this.context = context;
        this.check = check;
        this.callNs = callNs;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    private void move(State next) {
        engine.trace().moved(state, next);
        times.left(state);
        state = next;
    }

    @Override
    public CommitMode mode() {
        return CommitMode.TWO_PHASES;
    }

    @Override
    public int regions() {
        return 0;
    }

    @Override
    public Duration prewriteTime() {
        return times.in(State.FLUSH);
    }

    @Override
    public Duration timestampTime() {
        return times.in(State.ASK_COMMIT_TS);
    }

    @Override
    public Duration primaryTime() {
        return times.in(State.COMMIT_PRIMARY);
    }

    /**
     * Begins.
     *
     * @param flushRest flushes what is left and waits for all flushes
     */
    void start(Consumer<Promise<Boolean>> flushRest) {
        flushRest.accept(TxnEngine.promise(done -> onFlushed(), this::onFlushFailed));
        if (!flushEnded.get()) {
            engine.pauses()
                    .after(
                            deadlineNs - System.nanoTime(),
                            () -> onFlushFailed(new RequestTimeoutException(
                                    "the deadline passed while the rest was flushed", details(), null)),
                            this::onFlushFailed);
        }
    }

    private void onFlushFailed(TikvException failure) {
        if (flushEnded.compareAndSet(false, true)) {
            rollBack(failure);
        }
    }

    private void onFlushed() {
        if (!flushEnded.compareAndSet(false, true)) {
            return;
        }
        if (pipeline.primary() == null) {
            move(State.COMMITTED);
            promise.succeed(0L);
        } else {
            askCommitTs();
        }
    }

    private void askCommitTs() {
        move(State.ASK_COMMIT_TS);
        engine.timestamp(deadlineNs, TxnEngine.promise(this::commitPrimary, this::rollBack));
    }

    private void commitPrimary(long commitTs) {
        byte[] primary = pipeline.primary();
        if (primary == null || Long.compareUnsigned(commitTs, startTs) <= 0) {
            rollBack(KeyErrors.nonsense("the oracle gave a commit timestamp that is not above the start timestamp"));
            return;
        }
        TikvException veto = veto(commitTs);
        if (veto != null) {
            rollBack(veto);
            return;
        }
        move(State.COMMIT_PRIMARY);
        CommitCall.primary(
                engine,
                primary,
                startTs,
                commitTs,
                context,
                deadlineNs,
                TxnEngine.promise(call -> onPrimary(call, commitTs), this::rollBack));
    }

    private @Nullable TikvException veto(long commitTs) {
        try {
            return check == null || check.mayCommit(new Timestamp(startTs), new Timestamp(commitTs))
                    ? null
                    : new OperationCancelledException("the commit was vetoed", details(), null);
        } catch (RuntimeException thrown) {
            return new OperationCancelledException("the check of the commit failed: " + thrown, details(), thrown);
        }
    }

    private void onPrimary(CommitCall call, long commitTs) {
        TikvException failure = call.failure();
        KeyError refusal = call.refusal();
        if (failure == null) {
            FlushedLocks.end(engine, startTs, commitTs, pipeline.range(), concurrency);
            move(State.COMMITTED);
            promise.succeed(commitTs);
        } else if (refusal != null && refusal.hasCommitTsExpired()) {
            askCommitTs();
        } else if (call.isUncertain()) {
            move(State.UNDETERMINED);
            promise.fail(new UndeterminedException(
                    "the transaction may or may not have been committed: " + failure.code(), details(), failure));
        } else {
            rollBack(failure);
        }
    }

    private FailureDetails details() {
        return FailureDetails.of("commit")
                .elapsedNs(System.nanoTime() - callNs)
                .budgetNs(deadlineNs - callNs)
                .build();
    }

    private void rollBack(TikvException failure) {
        move(State.ROLLED_BACK);
        rollBackInBackground(engine, pipeline, startTs, concurrency);
        promise.fail(failure);
    }

    /** Removes what was flushed, once nothing is being flushed any more: the primary first, which decides. */
    static void rollBackInBackground(TxnEngine engine, Pipeline pipeline, long startTs, int concurrency) {
        pipeline.whenIdle(TxnEngine.promise(
                idle -> remove(engine, pipeline, startTs, concurrency),
                failed -> remove(engine, pipeline, startTs, concurrency)));
    }

    private static void remove(TxnEngine engine, Pipeline pipeline, long startTs, int concurrency) {
        byte[] primary = pipeline.primary();
        if (primary != null) {
            Rollback.inBackground(engine, List.of(primary), startTs);
            FlushedLocks.end(engine, startTs, 0, pipeline.range(), concurrency);
        }
    }
}
