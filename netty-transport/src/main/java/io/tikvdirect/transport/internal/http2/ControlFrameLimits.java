package io.tikvdirect.transport.internal.http2;

/**
 * Confined to its event loop: how often a peer may make us work for nothing. One method per kind of flood; each throws
 * ENHANCE_YOUR_CALM past its bound in {@link Http2Limits}.
 */
public final class ControlFrameLimits {
    private final RateLimit settings = new RateLimit(Http2Limits.MAX_SETTINGS_PER_SECOND, "SETTINGS frames");
    private final RateLimit pings = new RateLimit(Http2Limits.MAX_PINGS_PER_SECOND, "PING frames");
    private final RateLimit strayResets =
            new RateLimit(Http2Limits.MAX_STRAY_RESETS_PER_SECOND, "RST_STREAM frames for streams that are not open");
    private final RateLimit ignoredFrames =
            new RateLimit(Http2Limits.MAX_IGNORED_FRAMES_PER_SECOND, "PRIORITY or unknown frames");
    private final RateLimit lateFrames =
            new RateLimit(Http2Limits.MAX_LATE_FRAMES_PER_SECOND, "frames for streams that are closed");
    private final RateLimit windowUpdates =
            new RateLimit(Http2Limits.MAX_WINDOW_UPDATES_PER_SECOND, "WINDOW_UPDATE frames");
    private int emptyDataInARow;

    /**
     * Counts SETTINGS or its ACK.
     *
     * @param nowNs clock of the loop
     * @throws ConnectionErrorException past the bound
     */
    public void onSettings(final long nowNs) throws ConnectionErrorException {
        settings.count(nowNs);
    }

    /**
     * Counts PING or its ACK.
     *
     * @param nowNs clock of the loop
     * @throws ConnectionErrorException past the bound
     */
    public void onPing(final long nowNs) throws ConnectionErrorException {
        pings.count(nowNs);
    }

    /**
     * Counts RST_STREAM for a stream that is not open.
     *
     * @param nowNs clock of the loop
     * @throws ConnectionErrorException past the bound
     */
    public void onStrayReset(final long nowNs) throws ConnectionErrorException {
        strayResets.count(nowNs);
    }

    /**
     * Counts a frame that means nothing to us.
     *
     * @param nowNs clock of the loop
     * @throws ConnectionErrorException past the bound
     */
    public void onIgnored(final long nowNs) throws ConnectionErrorException {
        ignoredFrames.count(nowNs);
    }

    /**
     * Counts DATA or HEADERS for a closed stream.
     *
     * @param nowNs clock of the loop
     * @throws ConnectionErrorException past the bound
     */
    public void onLate(final long nowNs) throws ConnectionErrorException {
        lateFrames.count(nowNs);
    }

    /**
     * Counts WINDOW_UPDATE.
     *
     * @param nowNs clock of the loop
     * @throws ConnectionErrorException past the bound
     */
    public void onWindowUpdate(final long nowNs) throws ConnectionErrorException {
        windowUpdates.count(nowNs);
    }

    /**
     * Counts a DATA frame.
     *
     * @param useful whether it carries a byte or ends its stream
     * @throws ConnectionErrorException after too many useless ones in a row
     */
    public void onData(final boolean useful) throws ConnectionErrorException {
        if (useful) {
            emptyDataInARow = 0;
        } else if (++emptyDataInARow > Http2Limits.MAX_EMPTY_DATA_IN_A_ROW) {
            throw new ConnectionErrorException(
                    Http2ErrorCode.ENHANCE_YOUR_CALM,
                    "more than " + Http2Limits.MAX_EMPTY_DATA_IN_A_ROW + " empty DATA frames in a row");
        }
    }
}
