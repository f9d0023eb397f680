package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.Pipelining;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.client.txn.WriteFilter;
import io.tikvdirect.proto.kvrpcpb.FlushRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe: its state is guarded by the guard of its transaction. What a pipelined transaction has written to the stores
 * already (PIP-01): one buffer at a time is flushed in the background while the transaction fills the next one.
 *
 * <pre>
 * state     event                                    next state
 * --------  ---------------------------------------  -------------------------
 * IDLE      enough is written, or the rest is to go  FLUSHING
 * IDLE      throttled                                RESTING
 * RESTING   the pause is over                        FLUSHING
 * RESTING   the client is closed                     FAILED
 * FLUSHING  all is written                           IDLE
 * FLUSHING  failed                                   FAILED: so does the transaction
 * </pre>
 */
final class Pipeline {

    /** Whether a flush is under way. */
    enum State {
        IDLE,
        RESTING,
        FLUSHING,
        FAILED
    }

    /** Pauses of one flush (client-go: 20 s, weighted by 2). */
    private static final long FLUSH_S = 40;

    /** How much the latest flush counts in the mean. */
    private static final double LATEST_SHARE = 0.5;

    private final TxnEngine engine;
    private final Pipelining options;
    private final Object guard;
    private final long startTs;
    private final long bornNs;
    private final RequestContext context;
    private final int assertionLevel;
    private final @Nullable WriteFilter filter;
    private final List<Promise<Boolean>> waiting = new ArrayList<>();
    private State state = State.IDLE;
    private @Nullable WriteBuffer flushing;
    private byte @Nullable [] primary;
    private byte[] least = new byte[0];
    private byte[] greatest = new byte[0];
    private long generation;
    private long flushedKeys;
    private long flushedBytes;
    private double meanNs;
    private volatile boolean hasFlushed;
    private @Nullable TikvException failure;
    private @Nullable Heartbeat heartbeat;

    Pipeline(
            TxnEngine engine,
            Pipelining options,
            Object guard,
            long startTs,
            long bornNs,
            RequestContext context,
            TransactionOptions transaction) {
        this.engine = engine;
        this.options = options;
        this.guard = guard;
        this.startTs = startTs;
        this.bornNs = bornNs;
        this.context = context;
        this.assertionLevel = transaction.assertions().number();
        this.filter = transaction.writeFilter();
    }

    private void move(State next) {
        engine.trace().moved(state, next);
        state = next;
    }

    /** Whether so much is written that it should be flushed, and could be now; under the guard. */
    boolean wants(WriteBuffer buffer) {
        if (failure != null) {
            throw failed();
        }
        boolean enough = buffer.dataBytes() >= options.forcedBytes()
                || (buffer.dataBytes() >= options.flushBytes() && buffer.size() >= options.flushKeys());
        return enough && state == State.IDLE;
    }

    /** Whether the writer must wait before it writes more; under the guard. */
    boolean isFull(WriteBuffer buffer) {
        return buffer.dataBytes() >= options.forcedBytes() && state != State.IDLE && state != State.FAILED;
    }

    /** Why a flush has failed, and with it the transaction. */
    private TikvException failed() {
        TikvException why = failure;
        return why != null
                ? why
                : new TransactionAbortedException(
                        "a flush has failed", FailureDetails.of("flush").build(), null);
    }

    /**
     * Takes a full buffer over and flushes it; nothing may be under way. Called under the guard, which the flush itself
     * leaves before anything is sent.
     *
     * @param full not written to any more; <i>taken</i>
     * @return begins the flush; to be called outside of the guard
     */
    Runnable take(WriteBuffer full) {
        Mutations mutations = Mutations.of(full, false, filter);
        if (mutations.size() == 0) {
            full.close();
            return () -> {};
        }
        flushing = full;
        note(mutations);
        FlushRequest terms = FlushRequest.newBuilder()
                .setPrimaryKey(engine.storeKey(primaryOf(mutations)))
                .setStartTs(startTs)
                .setMinCommitTs(startTs + 1)
                .setGeneration(++generation)
                .setLockTtl(engine.rules().ageMs(bornNs) + Heartbeat.LIFE_MS)
                .setAssertionLevelValue(assertionLevel)
                .build();
        long restNs = restNs();
        move(restNs > 0 ? State.RESTING : State.FLUSHING);
        return restNs > 0
                ? () -> engine.pauses().after(restNs, () -> rested(mutations, terms), this::onFailed)
                : () -> send(mutations, terms);
    }

    /** So long that resting takes its share of the time (PIP-04). */
    long restNs() {
        return (long) (meanNs * options.throttle() / (1 - options.throttle()));
    }

    private void rested(Mutations mutations, FlushRequest terms) {
        synchronized (guard) {
            move(State.FLUSHING);
        }
        send(mutations, terms);
    }

    /** The first key that gets a lock; as long as there is none, keys are only checked and any will do. */
    private byte[] primaryOf(Mutations mutations) {
        byte[] chosen = primary;
        if (chosen == null && mutations.primary() >= 0) {
            chosen = mutations.key(mutations.primary());
            primary = chosen;
        }
        return chosen == null ? mutations.key(0) : chosen;
    }

    private void note(Mutations mutations) {
        byte[] first = mutations.key(0);
        byte[] last = mutations.key(mutations.size() - 1);
        least = generation == 0 || Arrays.compareUnsigned(first, least) < 0 ? first : least;
        greatest = generation == 0 || Arrays.compareUnsigned(last, greatest) > 0 ? last : greatest;
        flushedKeys += mutations.size();
        flushedBytes += mutations.bytes();
    }

    private void send(Mutations mutations, FlushRequest terms) {
        long callNs = System.nanoTime();
        new FlushCall(engine, mutations, terms, TxnEngine.promise(done -> onFlushed(callNs), this::onFailed))
                .send(context, callNs, TxnEngine.backgroundDeadlineNs(FLUSH_S));
    }

    private void onFlushed(long callNs) {
        List<Promise<Boolean>> told;
        synchronized (guard) {
            took(System.nanoTime() - callNs);
            hasFlushed = true;
            drop();
            keepAlive();
            move(State.IDLE);
            told = takeWaiting();
        }
        told.forEach(waiter -> waiter.succeed(true));
    }

    /** A flush took so long. */
    void took(long tookNs) {
        meanNs = meanNs == 0 ? tookNs : meanNs + LATEST_SHARE * (tookNs - meanNs);
    }

    private void onFailed(TikvException why) {
        List<Promise<Boolean>> told;
        synchronized (guard) {
            hasFlushed = true;
            failure = why;
            drop();
            move(State.FAILED);
            told = takeWaiting();
        }
        told.forEach(waiter -> waiter.fail(failed()));
    }

    private void drop() {
        WriteBuffer written = flushing;
        flushing = null;
        if (written != null) {
            written.close();
        }
    }

    private void keepAlive() {
        byte[] chosen = primary;
        if (heartbeat == null && chosen != null) {
            Heartbeat beating = Heartbeat.ofPipelined(
                    engine, chosen, startTs, bornNs, engine.rules().beatMs());
            heartbeat = beating;
            beating.start();
        }
    }

    private List<Promise<Boolean>> takeWaiting() {
        List<Promise<Boolean>> told = List.copyOf(waiting);
        waiting.clear();
        return told;
    }

    /** Tells when no flush is under way; called outside of the guard. */
    void whenIdle(Promise<Boolean> promise) {
        boolean isFailed;
        synchronized (guard) {
            if (state == State.FLUSHING || state == State.RESTING) {
                waiting.add(promise);
                return;
            }
            isFailed = state == State.FAILED;
        }
        if (isFailed) {
            promise.fail(failed());
        } else {
            promise.succeed(true);
        }
    }

    /** Whether a flush can begin; under the guard. */
    boolean isIdle() {
        return state == State.IDLE;
    }

    /** The buffer that is being flushed, under the guard. */
    @Nullable
    WriteBuffer flushing() {
        return flushing;
    }

    /** Whether stores may have something that this transaction has written. */
    boolean hasFlushed() {
        return hasFlushed;
    }

    /** The key that decides for the transaction; null as long as nothing was locked. */
    byte @Nullable [] primary() {
        return primary;
    }

    /** All keys that were flushed lie in it. */
    KeyRange range() {
        return KeyRange.of(least, Arrays.copyOf(greatest, greatest.length + 1));
    }

    long flushedKeys() {
        return flushedKeys;
    }

    long flushedBytes() {
        return flushedBytes;
    }

    long generation() {
        return generation;
    }

    /** Whether the transaction cannot commit any more. */
    boolean isLockGone() {
        Heartbeat beating = heartbeat;
        return beating != null && beating.isLockGone();
    }

    /** Ends the heartbeat. */
    void stop() {
        Heartbeat beating = heartbeat;
        if (beating != null) {
            beating.stop();
        }
    }
}
