package io.tikvdirect.transport.internal.http2;

/** Immutable: a connection error of RFC 9113 section 5.4.1; made only when a connection is about to end. */
public final class ConnectionErrorException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errorCode;

    /**
     * A connection error.
     *
     * @param errorCode one of {@link Http2ErrorCode}, sent in GOAWAY
     * @param message what the peer did, with the section it broke
     */
    public ConnectionErrorException(final int errorCode, final String message) {
        super(message);
        this.errorCode = errorCode;
    }

    /**
     * The code for GOAWAY.
     *
     * @return one of {@link Http2ErrorCode}
     */
    public int errorCode() {
        return errorCode;
    }
}
