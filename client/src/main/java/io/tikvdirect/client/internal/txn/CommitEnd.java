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

    private final TransactionCore transaction;
    private final IntSupplier keys;
    private final LongSupplier bytes;
    private final long callNs;
    private final Promise<Long> promise;
    private final RequestTally.@Nullable Count before;
    private long latchedNs;
    private long splitNs;
    private @Nullable Phased commit;
    private Latches.@Nullable Latch latch;

    CommitEnd(TransactionCore transaction, Mutations mutations, long callNs, Promise<Long> promise) {
        this(transaction, mutations::size, mutations::bytes, callNs, promise);
    }

    private CommitEnd(
            TransactionCore transaction, IntSupplier keys, LongSupplier bytes, long callNs, Promise<Long> promise) {
        this.transaction = transaction;
        this.keys = keys;
        this.bytes = bytes;
        this.callNs = callNs;
        this.latchedNs = callNs;
        this.splitNs = callNs;
        this.promise = promise;
        RequestTally tally = transaction.context().watch();
        this.before = tally == null ? null : tally.count();
    }

    /** The end of a commit whose keys are flushed; each is counted as often as it was. */
    static CommitEnd ofPipelined(TransactionCore transaction, Pipeline pipeline, long callNs, Promise<Long> promise) {
        return new CommitEnd(
                transaction,
                () -> (int) Math.min(Integer.MAX_VALUE, pipeline.flushedKeys()),
                pipeline::flushedBytes,
                callNs,
                promise);
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
        long when = commitTs == 0 ? transaction.startTs() : commitTs;
        if (commitTs == 0) {
            transaction.end();
        } else {
            transaction.committed(mode());
        }
        release(commitTs);
        report(new Timestamp(when), null);
        promise.succeed(when);
    }

    @Override
    public void fail(TikvException failure) {
        transaction.end();
        release(0);
        report(null, failure);
        promise.fail(failure);
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

    private void report(@Nullable Timestamp when, @Nullable TikvException failure) {
        CommitListener listener = transaction.options().commitListener();
        if (listener == null) {
            return;
        }
        try {
            listener.onCommitEnd(new CommitReport(
                    new Timestamp(transaction.startTs()),
                    transaction.attempt(),
                    mode(),
                    when,
                    failure,
                    keys.getAsInt(),
                    bytes.getAsLong(),
                    Duration.ofNanos(System.nanoTime() - callNs),
                    phases(),
                    effort()));
        } catch (RuntimeException thrown) {
            transaction.engine().slowPath().onListenerFailure(thrown);
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
        RequestTally tally = transaction.context().watch();
        RequestTally.Count took = tally == null || before == null
                ? RequestTally.Count.NOTHING
                : tally.count().less(before);
        Phased ended = commit;
        return new CommitReport.Effort(
                ended == null ? 0 : ended.regions(), took.requests(), took.pauses(), Duration.ofNanos(took.pausedNs()));
    }
}
