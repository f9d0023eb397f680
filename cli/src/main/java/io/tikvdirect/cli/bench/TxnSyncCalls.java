package io.tikvdirect.cli.bench;

import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;

/**
 * Confined to one thread. The transactional workloads on the blocking face. One that loses against another transaction
 * begins anew, and ends as one operation.
 */
final class TxnSyncCalls implements SyncCalls {
    private final TransactionClient transactions;
    private final Dataset data;
    private final Workload workload;
    private final KeyChoice.Sequence sequence;

    TxnSyncCalls(TransactionClient transactions, Dataset data, Workload workload, KeyChoice.Sequence sequence) {
        this.transactions = transactions;
        this.data = data;
        this.workload = workload;
        this.sequence = sequence;
    }

    /** How transactions of a workload behave. */
    static TransactionOptions options(Workload workload) {
        return switch (workload) {
            case TXN_1PC -> TransactionOptions.DEFAULT.withOnePhaseCommit(true);
            case TXN_PESSIMISTIC -> TransactionOptions.PESSIMISTIC;
            default -> TransactionOptions.DEFAULT;
        };
    }

    @Override
    public boolean call() {
        if (workload == Workload.TXN_TS) {
            return transactions.timestamp().version() != 0;
        }
        byte[] key = data.key(sequence.next());
        if (workload == Workload.TXN_GET) {
            return transactions.snapshot(transactions.timestamp()).get(key) != null;
        }
        byte[] other = workload == Workload.TXN_RW ? data.key(sequence.next()) : key;
        return transactions.run(options(workload), txn -> write(txn, key, other));
    }

    private boolean write(Transaction txn, byte[] key, byte[] other) {
        boolean found =
                switch (workload) {
                    case TXN_RW -> txn.get(key) != null;
                    case TXN_PESSIMISTIC -> txn.getForUpdate(key) != null;
                    default -> true;
                };
        txn.put(key, data.value());
        txn.put(other, data.value());
        return found;
    }
}
