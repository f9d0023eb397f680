package io.tikvdirect.client.txn.crash;

import io.tikvdirect.client.txn.TransactionOptions;

/** Immutable. The ways to commit that a client can die in. */
enum CommitKind {
    TWO_PHASES(TransactionOptions.DEFAULT),
    ASYNC(TransactionOptions.DEFAULT.withAsyncCommit(true)),
    ONE_PHASE(TransactionOptions.DEFAULT.withOnePhaseCommit(true)),
    PESSIMISTIC(TransactionOptions.PESSIMISTIC),
    PESSIMISTIC_ASYNC(TransactionOptions.PESSIMISTIC.withAsyncCommit(true)),
    PESSIMISTIC_ONE_PHASE(TransactionOptions.PESSIMISTIC.withOnePhaseCommit(true));

    private final TransactionOptions options;

    CommitKind(TransactionOptions options) {
        this.options = options;
    }

    TransactionOptions options() {
        return options;
    }
}
