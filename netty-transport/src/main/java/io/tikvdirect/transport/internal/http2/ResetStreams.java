package io.tikvdirect.transport.internal.http2;

/**
 * Confined to its event loop: the streams this side reset last. What was already on its way to them is ignored (RFC
 * 9113 section 5.1); what comes for any other closed stream is the peer's error.
 */
public final class ResetStreams {
    private final int[] ids = new int[Http2Limits.REMEMBERED_RESETS];
    private int next;

    /**
     * Remembers a reset stream, forgetting the oldest.
     *
     * @param streamId never 0
     */
    public void add(final int streamId) {
        ids[next] = streamId;
        next = (next + 1) % ids.length;
    }

    /**
     * Whether a stream was reset by this side lately.
     *
     * @param streamId never 0
     * @return true when remembered
     */
    public boolean contains(final int streamId) {
        for (final int id : ids) {
            if (id == streamId) {
                return true;
            }
        }
        return false;
    }
}
