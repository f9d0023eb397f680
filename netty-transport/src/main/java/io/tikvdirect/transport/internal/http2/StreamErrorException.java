package io.tikvdirect.transport.internal.http2;

/** Immutable: a stream error of RFC 9113 section 5.4.2; the connection goes on. */
public final class StreamErrorException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errorCode;

    /**
     * A stream error.
     *
     * @param errorCode one of {@link Http2ErrorCode}, sent in RST_STREAM
     * @param message what was wrong
     */
    public StreamErrorException(final int errorCode, final String message) {
        super(message);
        this.errorCode = errorCode;
    }

    /**
     * The code for RST_STREAM.
     *
     * @return one of {@link Http2ErrorCode}
     */
    public int errorCode() {
        return errorCode;
    }
}
