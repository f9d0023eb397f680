package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockWakeUpMode;

/**
 * Immutable. What a request for pessimistic locks says beside its keys.
 *
 * @param force to lock in spite of newer versions, and to be given the lock at once when woken
 * @param isFirstLock the transaction holds nothing that others could wait for
 */
record PessimisticOptions(
        long startTs,
        ByteString primary,
        long ttlMs,
        long forUpdateTs,
        long minCommitTs,
        boolean returnValues,
        boolean checkExistence,
        boolean onlyIfExists,
        boolean force,
        boolean isFirstLock,
        ByteString resourceGroupTag) {
    static PessimisticOptions of(PessimisticLockRequest request) {
        return new PessimisticOptions(
                request.getStartVersion(),
                request.getPrimaryLock(),
                request.getLockTtl(),
                request.getForUpdateTs(),
                request.getMinCommitTs(),
                request.getReturnValues(),
                request.getCheckExistence(),
                request.getLockOnlyIfExists(),
                request.getWakeUpMode() == PessimisticLockWakeUpMode.WakeUpModeForceLock,
                request.getIsFirstLock(),
                request.getContext().getResourceGroupTag());
    }

    /** Whether something is told of the key's data, which is a read. */
    boolean reads() {
        return returnValues || checkExistence;
    }
}
