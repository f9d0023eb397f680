package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.CommitListener;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.CommitReport;
import io.tikvdirect.client.txn.Timestamp;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Owned by one thread at a time. Ends a transaction when its commit has ended, and tells whoever wants to know. */
final class CommitEnd implements Promise<Long> {

    private final TransactionCore transaction;
    private final int keys;
    private final long bytes;
    private final long callNs;
    private final Promise<Long> promise;
    private @Nullable TwoPhaseCommit commit;

    CommitEnd(TransactionCore transaction, Mutations mutations, long callNs, Promise<Long> promise) {
        this.transaction = transaction;
        this.keys = mutations.size();
        this.bytes = mutations.bytes();
        this.callNs = callNs;
        this.promise = promise;
    }

    /** The commit that is going to end; set before it starts. */
    void of(TwoPhaseCommit started) {
        commit = started;
    }

    @Override
    public void succeed(Long commitTs) {
        long when = commitTs == 0 ? transaction.startTs() : commitTs;
        TwoPhaseCommit ended = commit;
        if (commitTs == 0 || ended == null) {
            transaction.end();
        } else {
            transaction.committed(ended.mode());
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
                    keys,
                    bytes,
                    Duration.ofNanos(System.nanoTime() - callNs)));
        } catch (RuntimeException thrown) {
            transaction.engine().slowPath().onListenerFailure(thrown);
        }
    }
}
