package io.tikvdirect.codec.grpc;

/** Immutable: what arrives on a call is not a sequence of gRPC messages that this side accepts. It ends the call. */
public final class GrpcFramingException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** What is wrong. */
    public enum Reason {
        /** A message, or what it inflates to, is larger than allowed: gRPC status RESOURCE_EXHAUSTED. */
        MESSAGE_TOO_LARGE,
        /** A compressed message without a negotiated compression: gRPC status INTERNAL. */
        COMPRESSION_NOT_NEGOTIATED,
        /** The flag byte is neither 0 nor 1: gRPC status INTERNAL. */
        INVALID_FLAG,
        /** A compressed message cannot be inflated: gRPC status INTERNAL. */
        CORRUPT_COMPRESSION,
        /** The stream ends within a message: gRPC status INTERNAL. */
        TRUNCATED_MESSAGE,
    }

    GrpcFramingException(final Reason reason, final String detail) {
        super(detail);
        this.reason = reason;
    }

    GrpcFramingException(final Reason reason, final String detail, final Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    /**
     * What is wrong.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
