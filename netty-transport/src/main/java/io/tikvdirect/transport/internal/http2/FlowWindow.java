package io.tikvdirect.transport.internal.http2;

/**
 * Confined to its event loop: the credit this side has for sending DATA on one stream or on the connection (RFC 9113
 * section 6.9). It may be negative after the peer lowered SETTINGS_INITIAL_WINDOW_SIZE.
 */
public final class FlowWindow {
    private long credit;

    /**
     * A window.
     *
     * @param initial bytes
     */
    public FlowWindow(final int initial) {
        credit = initial;
    }

    /**
     * What may be sent now.
     *
     * @return bytes, 0 when the window is empty or negative
     */
    public int available() {
        return (int) Math.max(0, credit);
    }

    /**
     * Takes credit for a frame.
     *
     * @param length payload length, at most {@link #available()}
     */
    public void consume(final int length) {
        credit -= length;
    }

    /**
     * Adds credit, or takes it away (a lowered initial window).
     *
     * @param delta bytes, of either sign
     * @return false when the window would exceed 2^31-1, which is a FLOW_CONTROL_ERROR (RFC 9113 section 6.9.1)
     */
    public boolean add(final long delta) {
        credit += delta;
        return credit <= Http2Limits.MAX_WINDOW;
    }
}
