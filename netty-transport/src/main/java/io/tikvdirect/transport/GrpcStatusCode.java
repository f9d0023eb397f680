package io.tikvdirect.transport;

/** Immutable: the status codes of gRPC; the ordinal is the number on the wire. */
public enum GrpcStatusCode {
    /** Success. */
    OK,
    /** Cancelled, usually by the caller. */
    CANCELLED,
    /** Unknown error. */
    UNKNOWN,
    /** The client sent something illegal. */
    INVALID_ARGUMENT,
    /** The deadline passed before an answer came. */
    DEADLINE_EXCEEDED,
    /** Not found. */
    NOT_FOUND,
    /** Exists already. */
    ALREADY_EXISTS,
    /** Not permitted. */
    PERMISSION_DENIED,
    /** A quota or a buffer is full. */
    RESOURCE_EXHAUSTED,
    /** The system is not in the state that the call needs. */
    FAILED_PRECONDITION,
    /** Aborted, for example by a conflict. */
    ABORTED,
    /** Past the valid range. */
    OUT_OF_RANGE,
    /** The server does not know the method. */
    UNIMPLEMENTED,
    /** An invariant is broken, on either side. */
    INTERNAL,
    /** The service cannot be reached now. */
    UNAVAILABLE,
    /** Data is lost. */
    DATA_LOSS,
    /** No valid credentials. */
    UNAUTHENTICATED;

    private static final GrpcStatusCode[] VALUES = values();

    /**
     * The code of a number.
     *
     * @param number from the wire
     * @return the code, {@link #UNKNOWN} for numbers that gRPC does not define
     */
    public static GrpcStatusCode of(final int number) {
        return number >= 0 && number < VALUES.length ? VALUES[number] : UNKNOWN;
    }
}
