package io.tikvdirect.transport;

/** Immutable: bytes of a stream that are no gRPC message; ends the call. */
final class MessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final GrpcStatusCode code;

    MessageException(final GrpcStatusCode code, final String message) {
        super(message);
        this.code = code;
    }

    GrpcStatusCode code() {
        return code;
    }
}
