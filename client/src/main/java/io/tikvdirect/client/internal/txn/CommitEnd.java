package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.CommitListener;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.CommitReport;
import io.tikvdirect.client.txn.Timestamp;
import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. Ends a transaction when its commit has ended, lets others go on that wait for its keys,
 * and tells whoever wants to know.
 */
final class CommitEnd implements Promise<Long> {

    /** What a commit in phases tells when it has ended. */
    interface Phased {

        CommitMode mode();

        /** Regions of its keys when it began; 0: not known. */
        int regions();

        /** Locking all keys, or flushing the rest. */
        Duration prewriteTime();

        Duration timestampTime();

        Duration primaryTime();
    }

    private final IntSupplier keys;
    private final LongSupplier bytes;
    private @Nullable TransactionCore transaction;
    private @Nullable Promise<Long> promise;
    private RequestTally.@Nullable Count before;
    private long callNs;
    private long latchedNs;
    private long splitNs;
    private @Nullable Phased commit;
    private Latches.@Nullable Latch latch;

    /** The end of commits of what these mutations hold, one after the other. */
    CommitEnd(Mutations mutations) {
        this(mutations::size, mutations::bytes);
    }

    private CommitEnd(IntSupplier keys, LongSupplier bytes) {
        this.keys = keys;
        this.bytes = bytes;
    }

    /** The end of a commit whose keys are flushed; each is counted as often as it was. */
    static CommitEnd ofPipelined(TransactionCore transaction, Pipeline pipeline, long callNs, Promise<Long> promise) {
        CommitEnd end =
                new CommitEnd(() -> (int) Math.min(Integer.MAX_VALUE, pipeline.flushedKeys()), pipeline::flushedBytes);
        end.begin(transaction, callNs, promise);
        return end;
    }

    /**
     * A commit begins.
     *
     * @param newCallNs when the caller asked for it, as {@link System#nanoTime()}
     * @param newPromise gets the commit timestamp, or the start timestamp when there was nothing to commit
     */
    void begin(TransactionCore ending, long newCallNs, Promise<Long> newPromise) {
        transaction = ending;
        promise = newPromise;
        callNs = newCallNs;
        latchedNs = newCallNs;
        splitNs = newCallNs;
        RequestTally tally = ending.context().watch();
        before = tally == null ? null : tally.count();
    }

    /** Lets go of the commit that has ended. */
    void forget() {
        transaction = null;
        promise = null;
        before = null;
        commit = null;
        latch = null;
    }

    private TransactionCore transaction() {
        TransactionCore present = transaction;
        if (present == null) {
            throw new IllegalStateException("no commit is under way");
        }
        return present;
    }

    private Promise<Long> promise() {
        Promise<Long> present = promise;
        if (present == null) {
            throw new IllegalStateException("no commit is under way");
        }
        return present;
    }

    /** No other commit of this client has one of the keys now. */
    void latched(Latches.Latch held) {
        latch = held;
        latchedNs = System.nanoTime();
        splitNs = latchedNs;
    }

    /** Regions are split, where there was need. */
    void split() {
        splitNs = System.nanoTime();
    }

    /** The commit that is going to end; set before it starts. */
    void of(Phased started) {
        commit = started;
    }

    @Override
    public void succeed(Long commitTs) {
        TransactionCore ended = transaction();
        Promise<Long> told = promise();
        if (commitTs == 0) {
            ended.end();
        } else {
            ended.committed(mode());
        }
        release(commitTs);
        Long when = commitTs == 0 ? Long.valueOf(ended.startTs()) : commitTs;
        report(when, null);
        told.succeed(when);
    }

    @Override
    public void fail(TikvException failure) {
        transaction().end();
        release(0);
        report(null, failure);
        promise().fail(failure);
    }

    private void release(long commitTs) {
        Latches.Latch held = latch;
        if (held != null) {
            held.release(commitTs);
        }
    }

    private CommitMode mode() {
        Phased ended = commit;
        return ended == null ? CommitMode.TWO_PHASES : ended.mode();
    }

    private void report(@Nullable Long when, @Nullable TikvException failure) {
        TransactionCore ended = transaction();
        CommitListener listener = ended.options().commitListener();
        if (listener == null) {
            return;
        }
        try {
            listener.onCommitEnd(new CommitReport(
                    new Timestamp(ended.startTs()),
                    ended.attempt(),
                    mode(),
                    when == null ? null : new Timestamp(when),
                    failure,
                    keys.getAsInt(),
                    bytes.getAsLong(),
                    Duration.ofNanos(System.nanoTime() - callNs),
                    phases(),
                    effort()));
        } catch (RuntimeException thrown) {
            ended.engine().slowPath().onListenerFailure(thrown);
        }
    }

    private CommitReport.Phases phases() {
        Phased ended = commit;
        return new CommitReport.Phases(
                Duration.ofNanos(latchedNs - callNs),
                Duration.ofNanos(splitNs - latchedNs),
                ended == null ? Duration.ZERO : ended.prewriteTime(),
                ended == null ? Duration.ZERO : ended.timestampTime(),
                ended == null ? Duration.ZERO : ended.primaryTime());
    }

    private CommitReport.Effort effort() {
        RequestTally tally = transaction().context().watch();
        RequestTally.Count took = tally == null || before == null
                ? RequestTally.Count.NOTHING
                : tally.count().less(before);
        Phased ended = commit;
        return new CommitReport.Effort(
                ended == null ? 0 : ended.regions(), took.requests(), took.pauses(), Duration.ofNanos(took.pausedNs()));
    }
}
