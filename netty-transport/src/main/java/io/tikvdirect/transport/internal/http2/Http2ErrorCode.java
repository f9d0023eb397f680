package io.tikvdirect.transport.internal.http2;

/** Immutable: the error codes of RFC 9113 section 7, carried by RST_STREAM and GOAWAY. */
public final class Http2ErrorCode {
    /** Graceful end. */
    public static final int NO_ERROR = 0x0;

    /** The peer broke a rule of the protocol. */
    public static final int PROTOCOL_ERROR = 0x1;

    /** The sender met a fault of its own. */
    public static final int INTERNAL_ERROR = 0x2;

    /** Flow control was violated. */
    public static final int FLOW_CONTROL_ERROR = 0x3;

    /** SETTINGS were not acknowledged in time. */
    public static final int SETTINGS_TIMEOUT = 0x4;

    /** A frame arrived for a stream that is closed. */
    public static final int STREAM_CLOSED = 0x5;

    /** A frame has an illegal length. */
    public static final int FRAME_SIZE_ERROR = 0x6;

    /** The stream was refused before any processing. */
    public static final int REFUSED_STREAM = 0x7;

    /** The stream is no longer needed. */
    public static final int CANCEL = 0x8;

    /** The header compression state cannot be kept. */
    public static final int COMPRESSION_ERROR = 0x9;

    /** A CONNECT tunnel failed. */
    public static final int CONNECT_ERROR = 0xa;

    /** The peer causes excessive load. */
    public static final int ENHANCE_YOUR_CALM = 0xb;

    /** The transport is not secure enough. */
    public static final int INADEQUATE_SECURITY = 0xc;

    /** HTTP/1.1 is required. */
    public static final int HTTP_1_1_REQUIRED = 0xd;

    private static final String[] NAMES = {
        "NO_ERROR",
        "PROTOCOL_ERROR",
        "INTERNAL_ERROR",
        "FLOW_CONTROL_ERROR",
        "SETTINGS_TIMEOUT",
        "STREAM_CLOSED",
        "FRAME_SIZE_ERROR",
        "REFUSED_STREAM",
        "CANCEL",
        "COMPRESSION_ERROR",
        "CONNECT_ERROR",
        "ENHANCE_YOUR_CALM",
        "INADEQUATE_SECURITY",
        "HTTP_1_1_REQUIRED"
    };

    private Http2ErrorCode() {}

    /**
     * The RFC's name of a code.
     *
     * @param code as received, any 32-bit value
     * @return the name, or the hexadecimal number of a code that the RFC does not name
     */
    public static String name(final int code) {
        return code >= 0 && code < NAMES.length ? NAMES[code] : "0x" + Integer.toHexString(code);
    }
}
