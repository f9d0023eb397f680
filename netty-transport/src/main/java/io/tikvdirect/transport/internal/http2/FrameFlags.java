package io.tikvdirect.transport.internal.http2;

/** Immutable: frame flags of RFC 9113 section 6. */
public final class FrameFlags {
    /** No flag. */
    public static final int NONE = 0x0;

    /** DATA, HEADERS: the sender's last frame of the stream. */
    public static final int END_STREAM = 0x1;

    /** SETTINGS, PING: an acknowledgement. */
    public static final int ACK = 0x1;

    /** HEADERS, CONTINUATION: the header block is complete. */
    public static final int END_HEADERS = 0x4;

    /** DATA, HEADERS: a pad length and padding are present. */
    public static final int PADDED = 0x8;

    /** HEADERS: five bytes of (ignored) priority are present. */
    public static final int PRIORITY = 0x20;

    private FrameFlags() {}

    /**
     * Whether a flag is set.
     *
     * @param flags the flags byte of a frame
     * @param flag one of the constants above
     * @return true when set
     */
    public static boolean isSet(final int flags, final int flag) {
        return (flags & flag) != 0;
    }
}
