package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import java.util.List;

/** Owned by one thread at a time, together with the operation of its get. How a get goes on that has met a lock. */
final class LockedGet {

    private final SnapshotGet get;
    private final byte[] key;
    private final ReadSight sight;
    private final LockWait wait;

    /**
     * A get has met its first lock.
     *
     * @param operation of the get, with its key
     */
    LockedGet(SnapshotGet get, Operation operation) {
        SnapshotReads reads = get.reads();
        this.get = get;
        this.key = SnapshotReads.keyOf(operation);
        this.sight = reads.sight();
        this.wait = new LockWait(
                reads.engine(), OperationKind.KV_GET, BackoffKind.TXN_LOCK_FAST, operation.deadlineNs(), reads.watch());
    }

    /** The key is locked; goes on with the operation. */
    void onLocks(Operation operation, List<Lock> locks) {
        wait.forRead(locks, sight, () -> again(operation), operation::fail);
    }

    private void again(Operation operation) {
        SnapshotReads reads = get.reads();
        operation.begin(OperationKind.KV_GET, true, operation.startNs(), operation.deadlineNs(), sight.context(true));
        operation.watch(reads.watch());
        sight.choose(operation, true);
        reads.writeGet(operation, key, get.needsCommitTs());
        operation.listener(get);
        reads.engine().router().route(operation, key);
    }
}
