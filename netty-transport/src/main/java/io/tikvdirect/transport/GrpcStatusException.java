package io.tikvdirect.transport;

/** Immutable: a call that did not end with OK, for callers that want an exception. */
public final class GrpcStatusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient GrpcStatus status;

    /**
     * An exception for a status.
     *
     * @param method path of the method that was called
     * @param status how the call ended
     */
    public GrpcStatusException(final String method, final GrpcStatus status) {
        super(method + ": " + status, status.cause());
        this.status = status;
    }

    /**
     * How the call ended.
     *
     * @return never OK
     */
    public GrpcStatus status() {
        return status;
    }
}
