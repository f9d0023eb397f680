package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.TxnHeartBeatRequest;
import io.tikvdirect.proto.kvrpcpb.TxnHeartBeatResponse;
import java.util.concurrent.TimeUnit;

/**
 * Thread-safe. Keeps the primary lock of a long transaction alive, so that others go on respecting its locks (TXN-09).
 *
 * <pre>
 * state    event                                        next state
 * -------  -------------------------------------------  ----------------------------------
 * BEATING  a beat was answered, or failed               BEATING: another one in half a life
 * BEATING  more than 10 beats in a row failed           ENDED
 * BEATING  the store says that the lock is gone         ENDED, the transaction cannot commit
 * BEATING  the transaction is older than an hour        ENDED, the transaction cannot commit
 * BEATING  pipelined, and older than a day              ENDED, the transaction cannot commit
 * BEATING  the transaction ends, the client is closed   ENDED
 * </pre>
 */
final class Heartbeat {

    /** Whether a heart beats. */
    enum State {
        BEATING,
        ENDED
    }

    /** How long a lock is kept alive from each beat on (client-go: ManagedLockTTL). */
    static final long LIFE_MS = 20_000;

    static final long INTERVAL_MS = LIFE_MS / 2;
    private static final long OLDEST_MS = TimeUnit.HOURS.toMillis(1);
    private static final long OLDEST_PIPELINED_MS = TimeUnit.HOURS.toMillis(24);
    static final int MOST_FAILURES = 10;
    private static final long BEAT_DEADLINE_S = 5;

    private final TxnEngine engine;
    private final byte[] primary;
    private final long startTs;
    private final long bornNs;
    private final long intervalMs;
    private final boolean pipelined;
    private int failures;
    private volatile State state = State.BEATING;
    private volatile boolean lockGone;

    /**
     * A heart that does not beat yet.
     *
     * @param primary of the transaction
     * @param startTs start timestamp
     * @param bornNs when it began, as {@link System#nanoTime()}
     */
    Heartbeat(TxnEngine engine, byte[] primary, long startTs, long bornNs) {
        this(engine, primary, startTs, bornNs, engine.rules().beatMs());
    }

    /** A heart that beats at another pace. */
    Heartbeat(TxnEngine engine, byte[] primary, long startTs, long bornNs, long intervalMs) {
        this(engine, primary, startTs, bornNs, intervalMs, false);
    }

    /** A heart that also lets readers pass: it moves the earliest commit on and tells all stores (PIP-05). */
    static Heartbeat ofPipelined(TxnEngine engine, byte[] primary, long startTs, long bornNs, long intervalMs) {
        return new Heartbeat(engine, primary, startTs, bornNs, intervalMs, true);
    }

    private Heartbeat(TxnEngine engine, byte[] primary, long startTs, long bornNs, long intervalMs, boolean pipelined) {
        this.engine = engine;
        this.primary = primary;
        this.startTs = startTs;
        this.bornNs = bornNs;
        this.intervalMs = intervalMs;
        this.pipelined = pipelined;
    }

    /** Begins, or goes on after a beat. */
    void start() {
        if (isBeating()) {
            engine.pauses().after(TimeUnit.MILLISECONDS.toNanos(intervalMs), this::beat, closed -> stop());
        }
    }

    private long ageMs() {
        return engine.rules().ageMs(bornNs);
    }

    private void beat() {
        if (!isBeating()) {
            return;
        }
        if (ageMs() > (pipelined ? OLDEST_PIPELINED_MS : OLDEST_MS)) {
            lockGone = true;
            stop();
            return;
        }
        if (pipelined) {
            engine.timestamp(
                    TxnEngine.backgroundDeadlineNs(BEAT_DEADLINE_S), TxnEngine.promise(this::send, this::onFailure));
        } else {
            send(0L);
        }
    }

    private void send(long minCommitTs) {
        TxnHeartBeatRequest request = TxnHeartBeatRequest.newBuilder()
                .setPrimaryLock(engine.storeKey(primary))
                .setStartVersion(startTs)
                .setAdviseLockTtl(ageMs() + LIFE_MS)
                .setMinCommitTs(minCommitTs)
                .build();
        engine.ask(
                OperationKind.KV_TXN_HEART_BEAT,
                primary,
                request,
                TxnHeartBeatResponse.parser(),
                TxnEngine.backgroundDeadlineNs(BEAT_DEADLINE_S),
                TxnEngine.promise(answer -> onAnswer(answer, minCommitTs), this::onFailure));
    }

    private void onAnswer(TxnHeartBeatResponse answer, long minCommitTs) {
        failures = 0;
        if (pipelined && !answer.hasError()) {
            StatusBroadcast.send(engine, StatusBroadcast.alive(startTs, minCommitTs));
        }
        if (answer.hasError()) {
            lockGone = true;
            stop();
        } else {
            again();
        }
    }

    private void again() {
        if (isBeating()) {
            engine.trace().moved(State.BEATING, State.BEATING);
            start();
        }
    }

    private void onFailure(TikvException failure) {
        if (++failures > MOST_FAILURES) {
            stop();
        } else {
            again();
        }
    }

    private boolean isBeating() {
        return state == State.BEATING;
    }

    /** Whether the transaction cannot commit any more. */
    boolean isLockGone() {
        return lockGone;
    }

    /** No beat begins from now on. */
    void stop() {
        if (isBeating()) {
            state = State.ENDED;
            engine.trace().moved(State.BEATING, State.ENDED);
        }
    }
}
