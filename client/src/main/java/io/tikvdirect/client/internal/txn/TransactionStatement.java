package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.txn.LockStatement;

/** Used by one thread at a time. One statement of a transaction. */
final class TransactionStatement implements LockStatement {

    private final TransactionCore transaction;
    private boolean ended;

    TransactionStatement(TransactionCore transaction) {
        this.transaction = transaction;
    }

    @Override
    public void retry() {
        if (ended) {
            throw new IllegalStateException("the statement has ended");
        }
        transaction.retryStatement();
    }

    @Override
    public void done() {
        end(true);
    }

    @Override
    public void close() {
        if (transaction.isActive()) {
            end(false);
        }
    }

    private void end(boolean well) {
        if (!ended) {
            ended = true;
            transaction.endStatement(well);
        }
    }
}
