package io.tikvdirect.embedded.internal.mvcc;

import io.tikvdirect.proto.kvrpcpb.Op;

/** Immutable. What a version says about its key. */
public enum VersionType {
    PUT(Op.Put),
    DELETE(Op.Del),
    LOCK(Op.Lock),
    ROLLBACK(Op.Rollback);

    private final Op op;

    VersionType(Op op) {
        this.op = op;
    }

    /** The name in the protocol. */
    public Op op() {
        return op;
    }

    /** Whether it changes what readers see. */
    public boolean isData() {
        return this == PUT || this == DELETE;
    }
}
