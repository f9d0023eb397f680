package io.tikvdirect.transport.internal.http2;

/**
 * Confined to its event loop: what the peer asked for in SETTINGS (RFC 9113 section 6.5.2), verified. Until it has
 * spoken the RFC's initial values hold.
 */
public final class PeerSettings {
    /** SETTINGS_HEADER_TABLE_SIZE. */
    public static final int HEADER_TABLE_SIZE = 0x1;

    /** SETTINGS_ENABLE_PUSH. */
    public static final int ENABLE_PUSH = 0x2;

    /** SETTINGS_MAX_CONCURRENT_STREAMS. */
    public static final int MAX_CONCURRENT_STREAMS = 0x3;

    /** SETTINGS_INITIAL_WINDOW_SIZE. */
    public static final int INITIAL_WINDOW_SIZE = 0x4;

    /** SETTINGS_MAX_FRAME_SIZE. */
    public static final int MAX_FRAME_SIZE = 0x5;

    /** SETTINGS_MAX_HEADER_LIST_SIZE. */
    public static final int MAX_HEADER_LIST_SIZE = 0x6;

    private int maxConcurrentStreams = Http2Limits.INITIAL_MAX_CONCURRENT_STREAMS;
    private int initialWindowSize = Http2Limits.INITIAL_WINDOW;
    private int maxFrameSize = Http2Limits.MIN_MAX_FRAME_SIZE;
    private long maxHeaderListSize = Long.MAX_VALUE;

    /** The peer's first SETTINGS are complete: a limit on streams that it left out is no limit. */
    public void onFirstSettings() {
        maxConcurrentStreams = Http2Limits.MAX_CONCURRENT_STREAMS;
    }

    /**
     * Applies one entry that concerns this object; unknown ones are ignored, as the RFC demands.
     *
     * @param identifier of the setting
     * @param value unsigned 32 bits
     * @throws ConnectionErrorException when the value is illegal
     */
    public void apply(final int identifier, final long value) throws ConnectionErrorException {
        switch (identifier) {
            case ENABLE_PUSH -> verify(value == 0, Http2ErrorCode.PROTOCOL_ERROR, "ENABLE_PUSH", value);
            case MAX_CONCURRENT_STREAMS ->
                maxConcurrentStreams = (int) Math.min(value, Http2Limits.MAX_CONCURRENT_STREAMS);
            case INITIAL_WINDOW_SIZE -> {
                final boolean legal = value <= Http2Limits.MAX_WINDOW;
                verify(legal, Http2ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE", value);
                initialWindowSize = (int) value;
            }
            case MAX_FRAME_SIZE -> {
                final boolean legal =
                        value >= Http2Limits.MIN_MAX_FRAME_SIZE && value <= Http2Limits.MAX_MAX_FRAME_SIZE;
                verify(legal, Http2ErrorCode.PROTOCOL_ERROR, "MAX_FRAME_SIZE", value);
                maxFrameSize = (int) value;
            }
            case MAX_HEADER_LIST_SIZE -> maxHeaderListSize = value;
            default -> {
                // HEADER_TABLE_SIZE belongs to the header encoder; others are unknown
            }
        }
    }

    private static void verify(final boolean legal, final int errorCode, final String name, final long value)
            throws ConnectionErrorException {
        if (!legal) {
            throw new ConnectionErrorException(
                    errorCode, "SETTINGS_" + name + " must not be " + value + " (RFC 9113 6.5.2)");
        }
    }

    /**
     * Streams that may be open at once.
     *
     * @return 0 to {@link Http2Limits#MAX_CONCURRENT_STREAMS}
     */
    public int maxConcurrentStreams() {
        return maxConcurrentStreams;
    }

    /**
     * Send window of a new stream.
     *
     * @return bytes
     */
    public int initialWindowSize() {
        return initialWindowSize;
    }

    /**
     * Largest payload the peer accepts.
     *
     * @return bytes
     */
    public int maxFrameSize() {
        return maxFrameSize;
    }

    /**
     * Largest header list the peer says it accepts.
     *
     * @return bytes as RFC 9113 section 10.5.1 counts them; Long.MAX_VALUE = not said
     */
    public long maxHeaderListSize() {
        return maxHeaderListSize;
    }
}
