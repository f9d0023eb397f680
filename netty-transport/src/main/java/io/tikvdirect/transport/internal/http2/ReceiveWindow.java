package io.tikvdirect.transport.internal.http2;

/**
 * Confined to its event loop: the credit the peer has for sending DATA on one stream or on the connection. Credit is
 * given back when half of the window has been consumed, so that a busy stream costs one WINDOW_UPDATE per half window
 * and not one per frame.
 */
public final class ReceiveWindow {
    private final int updateThreshold;
    private long credit;
    private int consumed;

    /**
     * A window.
     *
     * @param capacity bytes the peer may have in flight, at least 1
     */
    public ReceiveWindow(final int capacity) {
        credit = capacity;
        updateThreshold = Math.max(1, capacity / 2);
    }

    /**
     * Counts a DATA frame in.
     *
     * @param length its payload length, padding included
     * @return false when the peer had no credit for it: a FLOW_CONTROL_ERROR
     */
    public boolean receive(final int length) {
        credit -= length;
        return credit >= 0;
    }

    /**
     * Notes that received bytes need no more memory.
     *
     * @param length bytes
     * @return the increment to send in WINDOW_UPDATE now, 0 = none yet
     */
    public int consume(final int length) {
        consumed += length;
        if (consumed < updateThreshold) {
            return 0;
        }
        final int increment = consumed;
        consumed = 0;
        credit += increment;
        return increment;
    }
}
