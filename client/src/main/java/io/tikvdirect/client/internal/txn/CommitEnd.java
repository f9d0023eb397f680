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

/** Owned by one thread at a time. Ends a transaction when its commit has ended, and tells whoever wants to know. */
final class CommitEnd implements Promise<Long> {

    private final TransactionCore transaction;
    private final IntSupplier keys;
    private final LongSupplier bytes;
    private final long callNs;
    private final Promise<Long> promise;
    private @Nullable TwoPhaseCommit commit;

    CommitEnd(TransactionCore transaction, Mutations mutations, long callNs, Promise<Long> promise) {
        this(transaction, mutations::size, mutations::bytes, callNs, promise);
    }

    private CommitEnd(
            TransactionCore transaction, IntSupplier keys, LongSupplier bytes, long callNs, Promise<Long> promise) {
        this.transaction = transaction;
        this.keys = keys;
        this.bytes = bytes;
        this.callNs = callNs;
        this.promise = promise;
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

    /** The commit that is going to end; set before it starts. */
    void of(TwoPhaseCommit started) {
        commit = started;
    }

    @Override
    public void succeed(Long commitTs) {
        long when = commitTs == 0 ? transaction.startTs() : commitTs;
        TwoPhaseCommit ended = commit;
        if (commitTs == 0) {
            transaction.end();
        } else {
            transaction.committed(ended == null ? CommitMode.TWO_PHASES : ended.mode());
        }
        report(new Timestamp(when), null);
        promise.succeed(when);
    }

    @Override
    public void fail(TikvException failure) {
        transaction.end();
        report(null, failure);
        promise.fail(failure);
    }

    private void report(@Nullable Timestamp when, @Nullable TikvException failure) {
        CommitListener listener = transaction.options().commitListener();
        if (listener == null) {
            return;
        }
        TwoPhaseCommit ended = commit;
        try {
            listener.onCommitEnd(new CommitReport(
                    new Timestamp(transaction.startTs()),
                    transaction.attempt(),
                    ended == null ? CommitMode.TWO_PHASES : ended.mode(),
                    when,
                    failure,
                    keys.getAsInt(),
                    bytes.getAsLong(),
                    Duration.ofNanos(System.nanoTime() - callNs)));
        } catch (RuntimeException thrown) {
            transaction.engine().slowPath().onListenerFailure(thrown);
        }
    }
}
