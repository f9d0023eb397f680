package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockKeyResult;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockKeyResultType;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. What is told of a key that was locked.
 *
 * @param value its value, null = it is absent
 * @param conflictTs the newer version that was locked over, 0 = none
 */
record LockedKey(@Nullable ByteString value, long conflictTs) {
    /** The result of a request that is told each key's fate. */
    PessimisticLockKeyResult result(PessimisticOptions options) {
        PessimisticLockKeyResult.Builder result = PessimisticLockKeyResult.newBuilder();
        if (conflictTs != 0) {
            result.setType(PessimisticLockKeyResultType.LockResultLockedWithConflict)
                    .setLockedWithConflictTs(conflictTs);
        }
        boolean tellsValue = options.returnValues() || conflictTs != 0;
        if (value != null && (tellsValue || options.checkExistence())) {
            result.setExistence(true);
            if (tellsValue) {
                result.setValue(value);
            }
        }
        return result.build();
    }
}
