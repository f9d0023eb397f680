package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import java.util.List;

/**
 * Owned by one thread at a time. Commits the other keys of a transaction that is committed, in the background (TXN-04), for
 * one transaction after the other. It has a share of its commit for as long, and keeps it when anything goes wrong.
 */
final class SecondariesCommit {

    private static final long DEADLINE_S = 41;

    private final TxnEngine engine;
    private final TransactionCommit owner;
    private final CommitCall call;

    SecondariesCommit(TxnEngine engine, TransactionCommit owner) {
        this.engine = engine;
        this.owner = owner;
        this.call = CommitCall.ofOthers(engine, TxnEngine.promise(this::onEnd, this::onFailure));
    }

    /**
     * Begins, if there is a place; if not, the keys are left to whoever meets their locks.
     *
     * @param keys not changed as long as the share is held; none: nothing happens
     */
    void start(
            List<byte[]> keys,
            byte[] primary,
            long startTs,
            long commitTs,
            boolean asyncCommit,
            RequestContext context) {
        if (keys.isEmpty() || !engine.background().enter()) {
            return;
        }
        owner.share();
        long deadlineNs = TxnEngine.backgroundDeadlineNs(DEADLINE_S);
        call.send(keys, primary, startTs, commitTs, asyncCommit, context.inBackground(), deadlineNs);
    }

    private void onEnd(CommitCall ended) {
        TikvException failure = ended.failure();
        if (failure != null) {
            onFailure(failure);
            return;
        }
        engine.background().leave();
        if (ended.wasUndisturbed()) {
            owner.release();
        }
    }

    private void onFailure(TikvException failure) {
        engine.background().leave("committing secondaries", failure);
    }

    /** Lets go of the commit that has ended. */
    void forget() {
        call.forgetTransaction();
    }
}
