package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.txn.CommitCheck;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.PrewriteTerms;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. Commits one transaction after the other: each in two phases, or by the first alone where async commit or one
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
    private static final long DEFAULT_TTL_MS = 3_000;
    private static final long TTL_FACTOR_MS = 6_000;
    private static final double MIB = 1024 * 1024;

    private final TxnEngine engine;
    private final TransactionCommit owner;
    private final Mutations mutations;
    private final List<byte[]> secondaries = new ArrayList<>();
    private final List<byte[]> primaryAlone = new ArrayList<>(1);
    private final PrewriteCall prewrite;
    private final CommitCall primaryCommit;
    private final SecondariesCommit background;
    private final LongConsumer onTimestamp = this::onTimestamp;
    private final Consumer<TikvException> onFailure = this::rollBack;

    private @Nullable TransactionCore transaction;
    private TransactionOptions options = TransactionOptions.DEFAULT;
    private byte[] primary = Bytes.EMPTY;
    private long startTs;
    private long commitTs;
    private long commitAfter;
    private long forUpdateTs;
    private boolean pessimistic;
    private boolean pushed;
    private long callNs;
    private long deadlineNs;
    private boolean asyncCommit;
    private boolean onePhase;
    private @Nullable StateTimes times;
    private int regions;
    private State state = State.START;

    /**
     * The phases of commits, one after the other.
     *
     * @param owner told of the end, and when the background is done with it
     * @param mutations of the commit that is under way
     */
    TwoPhaseCommit(TxnEngine engine, TransactionCommit owner, Mutations mutations) {
        this.engine = engine;
        this.owner = owner;
        this.mutations = mutations;
        this.prewrite = new PrewriteCall(engine, TxnEngine.promise(this::onPrewritten, onFailure));
        this.primaryCommit = CommitCall.ofPrimary(engine, TxnEngine.promise(this::onPrimary, onFailure));
        this.background = new SecondariesCommit(engine, owner);
    }

    /**
     * A commit is going to start.
     *
     * @param committing whose mutations these are, at least one; their buffer must live until the end is told
     * @param newCallNs when the caller asked for it, as {@link System#nanoTime()}
     * @param newDeadlineNs when it must have ended
     */
    void begin(TransactionCore committing, long newCallNs, long newDeadlineNs) {
        transaction = committing;
        options = committing.options();
        startTs = committing.startTs();
        Timestamp after = options.commitAfter();
        commitAfter = after == null ? 0 : after.version();
        forUpdateTs = committing.forUpdateTs();
        callNs = newCallNs;
        deadlineNs = newDeadlineNs;
        times = committing.context().watch() == null ? null : new StateTimes(State.values().length);
        regions = 0;
        pushed = false;
        state = State.START;
        byte[] chosen = committing.primary();
        pessimistic = chosen != null;
        int first = mutations.primary();
        primary = chosen != null ? chosen : mutations.key(Math.max(0, first));
        mutations.addLockedKeys(primary, secondaries);
        boolean locksSomething = first >= 0 && !mutations.hasShared() && options.commitCheck() == null;
        asyncCommit = options.asyncCommit()
                && locksSomething
                && mutations.size() <= ASYNC_COMMIT_KEYS
                && mutations.keyBytes() <= ASYNC_COMMIT_KEY_BYTES;
        onePhase = options.onePhaseCommit() && locksSomething && mutations.bytes() <= TxnEngine.WRITE_CHUNK_BYTES;
    }

    /** Lets go of the commit that has ended, in the background too. */
    void forget() {
        transaction = null;
        options = TransactionOptions.DEFAULT;
        primary = Bytes.EMPTY;
        secondaries.clear();
        primaryAlone.clear();
        times = null;
        prewrite.forgetTransaction();
        primaryCommit.forgetTransaction();
        background.forget();
    }

    private TransactionCore transaction() {
        return Objects.requireNonNull(transaction, "no commit is under way");
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
        if ((asyncCommit || onePhase) && (!options.causalConsistency() || commitAfter != 0)) {
            ask(State.ASK_MIN_TS);
        } else {
            prewrite(startTs);
        }
    }

    /** Asks the oracle, again and again while its time is not after the wanted moment (TXN-13). */
    private void ask(State asking) {
        move(asking);
        engine.timestamp(new CommitQuestion(deadlineNs, onTimestamp, onFailure));
    }

    private void onTimestamp(long timestamp) {
        State asking = state;
        if (Long.compareUnsigned(timestamp, commitAfter) > 0) {
            if (asking == State.ASK_MIN_TS) {
                prewrite(timestamp);
            } else {
                commitPrimary(timestamp);
            }
        } else if (System.nanoTime() - callNs > LONGEST_LAG_NS) {
            rollBack(new TransactionAbortedException(
                    "the oracle's time has not passed the moment to commit after", details(), null));
        } else {
            engine.pauses().after(LAG_PAUSE_NS, () -> ask(asking), this::rollBack);
        }
    }

    private long ageMs() {
        return engine.rules().ageMs(transaction().bornNs());
    }

    private void prewrite(long afterTs) {
        move(State.PREWRITE);
        long minCommitTs = Math.max(afterTs, forUpdateTs) + 1;
        boolean limited = asyncCommit || onePhase;
        long maxCommitTs = startTs + ((ageMs() + SAFE_WINDOW_MS) << Clock.LOGICAL_BITS);
        long ttl = pessimistic ? ageMs() + Heartbeat.LIFE_MS : lockTtlMs(mutations.bytes(), ageMs());
        PrewriteTerms sent = new PrewriteTerms(
                primary,
                startTs,
                ttl,
                forUpdateTs,
                minCommitTs,
                asyncCommit,
                onePhase,
                limited ? Math.max(maxCommitTs, minCommitTs) : 0,
                options.assertions().number());
        prewrite.send(
                mutations,
                sent,
                secondaries,
                options.pessimistic(),
                options.failAtLocks(),
                transaction().context(),
                callNs,
                deadlineNs);
    }

    private void onPrewritten(PrewriteCall call) {
        regions = call.regions();
        TikvException failure = call.failure();
        if (!call.wasUndisturbed()) {
            owner.retire();
        }
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
            commitInBackground(mutations.lockedKeys(), call.asyncCommitTs());
            committed(call.asyncCommitTs());
        } else if (mutations.primary() < 0) {
            committed(0);
        } else {
            asyncCommit = false;
            onePhase = false;
            ask(State.ASK_COMMIT_TS);
        }
    }

    private void commitPrimary(long newCommitTs) {
        commitTs = newCommitTs;
        if (Long.compareUnsigned(commitTs, startTs) <= 0) {
            rollBack(KeyErrors.nonsense("the oracle gave a commit timestamp that is not above the start timestamp"));
            return;
        }
        TikvException veto = veto();
        if (veto != null) {
            rollBack(veto);
            return;
        }
        move(State.COMMIT_PRIMARY);
        CommitCall call = primaryCommit;
        if (pushed) {
            call = CommitCall.ofPrimary(engine, TxnEngine.promise(this::onPrimary, onFailure));
        } else {
            primaryAlone.add(primary);
        }
        call.send(primaryAlone, primary, startTs, commitTs, false, transaction().context(), deadlineNs);
    }

    private @Nullable TikvException veto() {
        CommitCheck check = options.commitCheck();
        try {
            return check == null || check.mayCommit(new Timestamp(startTs), new Timestamp(commitTs))
                    ? null
                    : new OperationCancelledException("the commit was vetoed", details(), null);
        } catch (RuntimeException thrown) {
            return new OperationCancelledException("the check of the commit failed: " + thrown, details(), thrown);
        }
    }

    private void onPrimary(CommitCall call) {
        TikvException failure = call.failure();
        KeyError refusal = call.refusal();
        if (!call.wasUndisturbed()) {
            owner.retire();
        }
        if (failure == null) {
            commitInBackground(secondaries, commitTs);
            committed(commitTs);
        } else if (refusal != null && refusal.hasCommitTsExpired()) {
            onPushed(refusal.getCommitTsExpired().getMinCommitTs());
        } else if (call.isUncertain()) {
            undetermined(failure);
        } else {
            rollBack(failure);
        }
    }

    /** A reader saw to it that the transaction commits later than it wanted (TXN-06). */
    private void onPushed(long minCommitTs) {
        pushed = true;
        if ((minCommitTs >>> Clock.LOGICAL_BITS) - (commitTs >>> Clock.LOGICAL_BITS) > MAX_AHEAD_MS) {
            rollBack(new TransactionAbortedException(
                    "the transaction may not commit for more than an hour from now", details(), null));
        } else {
            ask(State.ASK_COMMIT_TS);
        }
    }

    private FailureDetails details() {
        return FailureDetails.of("commit")
                .elapsedNs(System.nanoTime() - callNs)
                .budgetNs(deadlineNs - callNs)
                .build();
    }

    private void committed(long when) {
        move(State.COMMITTED);
        owner.committed(when);
    }

    private void commitInBackground(List<byte[]> keys, long when) {
        background.start(
                keys, primary, startTs, when, asyncCommit, transaction().context());
    }

    private void undetermined(TikvException failure) {
        move(State.UNDETERMINED);
        owner.failed(new UndeterminedException(
                "the transaction may or may not have been committed: " + failure.code(), details(), failure));
    }

    private void rollBack(TikvException failure) {
        move(State.ROLLED_BACK);
        Rollback.inBackground(engine, mutations.lockedKeys(), startTs);
        owner.failed(failure);
    }
}
