package io.tikvdirect.transport.internal.http2;

/**
 * Confined to its event loop: the last frames of a connection, as numbers in a ring. Recording is three array stores;
 * only the description, made when a connection fails, allocates.
 */
public final class FrameLog {
    private static final int CAPACITY = 64;
    private static final int SENT = 1 << 16;

    private final int[] typeAndFlags = new int[CAPACITY];
    private final int[] streamIds = new int[CAPACITY];
    private final int[] lengths = new int[CAPACITY];
    private long recorded;

    /**
     * Records a received frame.
     *
     * @param type the type byte
     * @param flags the flags byte
     * @param streamId 0 = the connection
     * @param length of the payload
     */
    public void received(final int type, final int flags, final int streamId, final int length) {
        record(type << 8 | flags, streamId, length);
    }

    /**
     * Records a sent frame.
     *
     * @param type the type byte
     * @param flags the flags byte
     * @param streamId 0 = the connection
     * @param length of the payload
     */
    public void sent(final int type, final int flags, final int streamId, final int length) {
        record(SENT | type << 8 | flags, streamId, length);
    }

    private void record(final int what, final int streamId, final int length) {
        final int slot = (int) recorded & CAPACITY - 1;
        typeAndFlags[slot] = what;
        streamIds[slot] = streamId;
        lengths[slot] = length;
        recorded++;
    }

    /**
     * The recorded frames, oldest first, such as {@code > HEADERS[4] 1 87 | < SETTINGS[0] 0 18}: direction, type,
     * flags in hexadecimal, stream, payload length.
     *
     * @return one line, empty when nothing was recorded
     */
    public String describe() {
        final StringBuilder text = new StringBuilder();
        for (long i = Math.max(0, recorded - CAPACITY); i < recorded; i++) {
            final int slot = (int) i & CAPACITY - 1;
            final int what = typeAndFlags[slot];
            text.append(text.length() == 0 ? "" : " | ")
                    .append((what & SENT) == 0 ? "< " : "> ")
                    .append(FrameType.name(what >> 8 & 0xff))
                    .append('[')
                    .append(Integer.toHexString(what & 0xff))
                    .append("] ")
                    .append(streamIds[slot])
                    .append(' ')
                    .append(lengths[slot]);
        }
        return text.toString();
    }
}
