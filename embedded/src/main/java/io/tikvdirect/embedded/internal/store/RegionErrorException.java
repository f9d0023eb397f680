package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.proto.errorpb.Error;

/** Immutable. A request that is answered by a region error; without stack trace, it is an answer and no defect. */
final class RegionErrorException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Error error;

    RegionErrorException(Error error) {
        super(error.getMessage(), null, false, false);
        this.error = error;
    }

    Error error() {
        return error;
    }
}
