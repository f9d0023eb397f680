package io.tikvdirect.embedded.internal.mvcc;

import io.tikvdirect.proto.kvrpcpb.Op;

/** Immutable. What a lock will become when its transaction commits. */
public enum LockType {
    PUT(Op.Put),
    DELETE(Op.Del),
    /** Nothing is written, the key was only protected. */
    LOCK(Op.Lock),
    /** Held before the prewrite; never committed itself. */
    PESSIMISTIC(Op.PessimisticLock);

    private final Op op;

    LockType(Op op) {
        this.op = op;
    }

    /** The name in the protocol. */
    public Op op() {
        return op;
    }

    /** The kind of version that a commit makes of it. */
    VersionType committed() {
        return switch (this) {
            case PUT -> VersionType.PUT;
            case DELETE -> VersionType.DELETE;
            case LOCK -> VersionType.LOCK;
            case PESSIMISTIC -> throw new IllegalStateException("a pessimistic lock is not committed");
        };
    }
}
