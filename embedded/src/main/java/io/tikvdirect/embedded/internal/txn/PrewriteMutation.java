package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.LockType;
import io.tikvdirect.proto.kvrpcpb.Assertion;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest.PessimisticAction;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. One key of a prewrite.
 *
 * @param value of a put or insert, else null
 * @param action what to demand of a pessimistic lock
 * @param expectedForUpdateTs what the lock must say, null = anything
 */
record PrewriteMutation(
        TxnKey key,
        Op op,
        @Nullable ByteString value,
        Assertion assertion,
        PessimisticAction action,
        @Nullable Long expectedForUpdateTs) {
    static PrewriteMutation of(Mutation mutation, PessimisticAction action, @Nullable Long expectedForUpdateTs)
            throws TxnException {
        Op op = mutation.getOp();
        boolean hasValue = op == Op.Put || op == Op.Insert;
        switch (op) {
            case Put, Del, Lock, Insert, CheckNotExists, SharedLock -> {}
            default -> throw TxnException.aborted("a prewrite can't " + op);
        }
        if (mutation.getKey().isEmpty()) {
            throw TxnException.aborted("a prewrite without a key");
        }
        return new PrewriteMutation(
                TxnKey.of(mutation.getKey()),
                op,
                hasValue ? mutation.getValue() : null,
                mutation.getAssertion(),
                action,
                expectedForUpdateTs);
    }

    boolean mustNotExist() {
        return op == Op.Insert || op == Op.CheckNotExists;
    }

    boolean writes() {
        return op != Op.CheckNotExists;
    }

    boolean isShared() {
        return op == Op.SharedLock;
    }

    LockType lockType() {
        return switch (op) {
            case Put, Insert -> LockType.PUT;
            case Del -> LockType.DELETE;
            default -> LockType.LOCK;
        };
    }
}
