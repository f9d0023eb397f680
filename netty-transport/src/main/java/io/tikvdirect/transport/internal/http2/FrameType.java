package io.tikvdirect.transport.internal.http2;

/** Immutable: frame types of RFC 9113 section 6. */
public final class FrameType {
    /** Message bytes. */
    public static final int DATA = 0x0;

    /** Opens a stream or carries trailers. */
    public static final int HEADERS = 0x1;

    /** Deprecated priority signal; ignored. */
    public static final int PRIORITY = 0x2;

    /** Ends a stream abruptly. */
    public static final int RST_STREAM = 0x3;

    /** Connection parameters. */
    public static final int SETTINGS = 0x4;

    /** Server push; refused. */
    public static final int PUSH_PROMISE = 0x5;

    /** Liveness probe. */
    public static final int PING = 0x6;

    /** The peer takes no more streams. */
    public static final int GOAWAY = 0x7;

    /** Flow-control credit. */
    public static final int WINDOW_UPDATE = 0x8;

    /** More of a header block. */
    public static final int CONTINUATION = 0x9;

    private static final String[] NAMES = {
        "DATA",
        "HEADERS",
        "PRIORITY",
        "RST_STREAM",
        "SETTINGS",
        "PUSH_PROMISE",
        "PING",
        "GOAWAY",
        "WINDOW_UPDATE",
        "CONTINUATION"
    };

    private FrameType() {}

    /**
     * The RFC's name of a frame type.
     *
     * @param type the type byte
     * @return its name, or {@code UNKNOWN(n)}
     */
    public static String name(final int type) {
        return type >= 0 && type < NAMES.length ? NAMES[type] : "UNKNOWN(" + type + ")";
    }
}
