package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.CommitCheck;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.codec.kv.PrewriteTerms;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. Commits one transaction: in two phases, or by the first alone where async commit or one
 * phase is allowed and possible (TXN-02 to TXN-12).
 *
 * <p>Two rules stand above the table. A commit is claimed only when a store has said so (for an async commit: all of
 * them). It is denied only when it surely did not and cannot happen; what may have happened is {@link
 * UndeterminedException undetermined}, and then nothing is rolled back.
 *
 * <pre>
 * state           event                                                next state
 * --------------  ---------------------------------------------------  ----------------------------------------
 * START           async commit or one phase, not causal                ASK_MIN_TS
 * START           a moment to commit after, async or one phase         ASK_MIN_TS
 * START           otherwise                                            PREWRITE
 * ASK_MIN_TS      timestamp                                            PREWRITE
 * ASK_MIN_TS      timestamp not after the wanted moment                ASK_MIN_TS, for a second
 * ASK_MIN_TS      failed, or the second is over                        ROLLED_BACK
 * PREWRITE        committed in one phase                               COMMITTED
 * PREWRITE        async commit: all locked, all take part              COMMITTED, all keys in the background
 * PREWRITE        all locked                                           ASK_COMMIT_TS
 * PREWRITE        nothing to lock, only checked                        COMMITTED
 * PREWRITE        failed; ordinary commit, or surely nothing happened  ROLLED_BACK
 * PREWRITE        failed; async or one phase, an answer is lost        UNDETERMINED
 * ASK_COMMIT_TS   timestamp                                            COMMIT_PRIMARY
 * ASK_COMMIT_TS   timestamp not after the wanted moment                ASK_COMMIT_TS, for a second
 * ASK_COMMIT_TS   failed, vetoed, or the second is over                ROLLED_BACK
 * COMMIT_PRIMARY  committed                                            COMMITTED, other keys in the background
 * COMMIT_PRIMARY  a reader has pushed the transaction                  ASK_COMMIT_TS
 * COMMIT_PRIMARY  pushed by more than an hour, or refused              ROLLED_BACK
 * COMMIT_PRIMARY  failed and surely not executed                       ROLLED_BACK
 * COMMIT_PRIMARY  failed, an answer is lost                            UNDETERMINED
 * </pre>
 *
 * <p>An async commit whose prewrite ended with a store that does not take part falls back to the ordinary second phase;
 * its locks then say so, and whoever resolves them goes by the primary alone.
 */
final class TwoPhaseCommit implements CommitEnd.Phased {

    /** Where a commit is. */
    enum State {
        START,
        ASK_MIN_TS,
        PREWRITE,
        ASK_COMMIT_TS,
        COMMIT_PRIMARY,
        COMMITTED,
        ROLLED_BACK,
        UNDETERMINED
    }

    /** Keys of an async commit at most, and bytes of them (client-go: AsyncCommit.KeysLimit, TotalKeySizeLimit). */
    static final int ASYNC_COMMIT_KEYS = 256;

    static final int ASYNC_COMMIT_KEY_BYTES = 4_096;

    private static final long MAX_AHEAD_MS = TimeUnit.HOURS.toMillis(1);
    private static final long SAFE_WINDOW_MS = 2_000;
    private static final long LONGEST_LAG_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAG_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long BACKGROUND_S = 41;
    private static final long DEFAULT_TTL_MS = 3_000;
    private static final long TTL_FACTOR_MS = 6_000;
    private static final double MIB = 1024 * 1024;

    /** What a commit needs to know of its transaction. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    record Terms(
            long startTs,
            long startNs,
            boolean pessimistic,
            long forUpdateTs,
            byte @Nullable [] primary,
            boolean asyncCommit,
            boolean onePhase,
            boolean causal,
            RequestContext context,
            int assertionLevel,
            long commitAfter,
            @Nullable CommitCheck check,
            Yielding yielding) {}

    private final TxnEngine engine;
    private final Terms terms;
    private final Mutations mutations;
    private final long callNs;
    private final long deadlineNs;
    private final Promise<Long> promise;
    private final byte[] primary;
    private final List<byte[]> secondaries;
    private boolean asyncCommit;
    private boolean onePhase;
    private final @Nullable StateTimes times;
    private int regions;
    private State state = State.START;

    /**
     * A commit not begun.
     *
     * @param terms of the transaction
     * @param mutations at least one; the buffer beneath must live until the promise is kept
     * @param callNs when the caller asked for it, as {@link System#nanoTime()}
     * @param deadlineNs when it must have ended
     * @param promise gets the commit timestamp; 0 when there was nothing to commit
     */
    TwoPhaseCommit(
            TxnEngine engine, Terms terms, Mutations mutations, long callNs, long deadlineNs, Promise<Long> promise) {
        this.engine = engine;
        this.terms = terms;
        this.mutations = mutations;
        this.callNs = callNs;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
        this.times = terms.context().watch() == null ? null : new StateTimes(State.values().length);
        byte[] chosen = terms.primary();
        int first = mutations.primary();
        this.primary = chosen != null ? chosen : mutations.key(Math.max(0, first));
        this.secondaries = mutations.lockedKeysBut(primary);
        boolean locksSomething = first >= 0 && !mutations.hasShared() && terms.check() == null;
        this.asyncCommit = terms.asyncCommit()
                && locksSomething
                && mutations.size() <= ASYNC_COMMIT_KEYS
                && mutations.keyBytes() <= ASYNC_COMMIT_KEY_BYTES;
        this.onePhase = terms.onePhase() && locksSomething && mutations.bytes() <= TxnEngine.WRITE_CHUNK_BYTES;
    }

    /** The lock's time to live by the size of the transaction (TXN-08). */
    static long lockTtlMs(long bytes, long ageMs) {
        long ttl = DEFAULT_TTL_MS;
        if (bytes >= TxnEngine.WRITE_CHUNK_BYTES) {
            long bySize = (long) (TTL_FACTOR_MS * Math.sqrt(bytes / MIB));
            ttl = Math.max(DEFAULT_TTL_MS, Math.min(Heartbeat.LIFE_MS, bySize));
        }
        return ttl + ageMs;
    }

    byte[] primary() {
        return primary;
    }

    State state() {
        return state;
    }

    private void move(State next) {
        engine.trace().moved(state, next);
        if (times != null) {
            times.left(state);
        }
        state = next;
    }

    @Override
    public int regions() {
        return regions;
    }

    @Override
    public Duration prewriteTime() {
        return in(State.PREWRITE);
    }

    @Override
    public Duration timestampTime() {
        return in(State.ASK_MIN_TS).plus(in(State.ASK_COMMIT_TS));
    }

    @Override
    public Duration primaryTime() {
        return in(State.COMMIT_PRIMARY);
    }

    /** Zero when nobody wants to know. */
    private Duration in(State past) {
        return times == null ? Duration.ZERO : times.in(past);
    }

    /** How the transaction was or is going to be committed. */
    @Override
    public CommitMode mode() {
        if (onePhase) {
            return CommitMode.ONE_PHASE;
        }
        return asyncCommit ? CommitMode.ASYNC : CommitMode.TWO_PHASES;
    }

    void start() {
        if ((asyncCommit || onePhase) && (!terms.causal() || terms.commitAfter() != 0)) {
            ask(State.ASK_MIN_TS, this::prewrite);
        } else {
            prewrite(terms.startTs());
        }
    }

    /** Asks the oracle, again and again while its time is not after the wanted moment (TXN-13). */
    private void ask(State asking, LongConsumer then) {
        move(asking);
        engine.timestamp(
                deadlineNs, TxnEngine.promise(timestamp -> onTimestamp(timestamp, asking, then), this::rollBack));
    }

    private void onTimestamp(long timestamp, State asking, LongConsumer then) {
        if (Long.compareUnsigned(timestamp, terms.commitAfter()) > 0) {
            then.accept(timestamp);
        } else if (System.nanoTime() - callNs > LONGEST_LAG_NS) {
            rollBack(new TransactionAbortedException(
                    "the oracle's time has not passed the moment to commit after", details(), null));
        } else {
            engine.pauses().after(LAG_PAUSE_NS, () -> ask(asking, then), this::rollBack);
        }
    }

    private long ageMs() {
        return engine.rules().ageMs(terms.startNs());
    }

    private void prewrite(long afterTs) {
        move(State.PREWRITE);
        long minCommitTs = Math.max(afterTs, terms.forUpdateTs()) + 1;
        boolean limited = asyncCommit || onePhase;
        long maxCommitTs = terms.startTs() + ((ageMs() + SAFE_WINDOW_MS) << Clock.LOGICAL_BITS);
        long ttl = terms.pessimistic() ? ageMs() + Heartbeat.LIFE_MS : lockTtlMs(mutations.bytes(), ageMs());
        PrewriteTerms sent = new PrewriteTerms(
                primary,
                terms.startTs(),
                ttl,
                terms.forUpdateTs(),
                minCommitTs,
                asyncCommit,
                onePhase,
                limited ? Math.max(maxCommitTs, minCommitTs) : 0,
                terms.assertionLevel());
        new PrewriteCall(
                        engine,
                        mutations,
                        sent,
                        secondaries,
                        terms.yielding(),
                        TxnEngine.promise(this::onPrewritten, this::rollBack))
                .send(terms.context(), callNs, deadlineNs);
    }

    private void onPrewritten(PrewriteCall call) {
        regions = call.regions();
        TikvException failure = call.failure();
        if (failure != null) {
            if (call.isUncertain() && (asyncCommit || onePhase)) {
                undetermined(failure);
            } else {
                rollBack(failure);
            }
        } else if (call.onePcCommitTs() != 0) {
            committed(call.onePcCommitTs());
        } else if (call.asyncCommitTs() != 0) {
            onePhase = false;
            commitInBackground(mutations.lockedKeysBut(new byte[0]), call.asyncCommitTs());
            committed(call.asyncCommitTs());
        } else if (mutations.primary() < 0) {
            committed(0);
        } else {
            asyncCommit = false;
            onePhase = false;
            askCommitTs();
        }
    }

    private void askCommitTs() {
        ask(State.ASK_COMMIT_TS, this::commitPrimary);
    }

    private void commitPrimary(long commitTs) {
        if (Long.compareUnsigned(commitTs, terms.startTs()) <= 0) {
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
                terms.startTs(),
                commitTs,
                terms.context(),
                deadlineNs,
                TxnEngine.promise(call -> onPrimary(call, commitTs), this::rollBack));
    }

    private @Nullable TikvException veto(long commitTs) {
        CommitCheck check = terms.check();
        try {
            return check == null || check.mayCommit(new Timestamp(terms.startTs()), new Timestamp(commitTs))
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
            commitInBackground(secondaries, commitTs);
            committed(commitTs);
        } else if (refusal != null && refusal.hasCommitTsExpired()) {
            onPushed(refusal.getCommitTsExpired().getMinCommitTs(), commitTs);
        } else if (call.isUncertain()) {
            undetermined(failure);
        } else {
            rollBack(failure);
        }
    }

    /** A reader saw to it that the transaction commits later than it wanted (TXN-06). */
    private void onPushed(long minCommitTs, long commitTs) {
        if ((minCommitTs >>> Clock.LOGICAL_BITS) - (commitTs >>> Clock.LOGICAL_BITS) > MAX_AHEAD_MS) {
            rollBack(new TransactionAbortedException(
                    "the transaction may not commit for more than an hour from now", details(), null));
        } else {
            askCommitTs();
        }
    }

    private FailureDetails details() {
        return FailureDetails.of("commit")
                .elapsedNs(System.nanoTime() - callNs)
                .budgetNs(deadlineNs - callNs)
                .build();
    }

    private void committed(long commitTs) {
        move(State.COMMITTED);
        promise.succeed(commitTs);
    }

    private void commitInBackground(List<byte[]> keys, long commitTs) {
        engine.background()
                .run(
                        "committing secondaries",
                        done -> CommitCall.others(
                                engine,
                                keys,
                                primary,
                                terms.startTs(),
                                commitTs,
                                asyncCommit,
                                terms.context().inBackground(),
                                TxnEngine.backgroundDeadlineNs(BACKGROUND_S),
                                done));
    }

    private void undetermined(TikvException failure) {
        move(State.UNDETERMINED);
        promise.fail(new UndeterminedException(
                "the transaction may or may not have been committed: " + failure.code(), details(), failure));
    }

    private void rollBack(TikvException failure) {
        move(State.ROLLED_BACK);
        Rollback.inBackground(engine, mutations.lockedKeysBut(new byte[0]), terms.startTs());
        promise.fail(failure);
    }
}
