package io.tikvdirect.transport;

import java.util.concurrent.atomic.AtomicLongArray;

/** Thread-safe: counters of one connection, written by its event loop and read by anyone, a little late. */
public final class TransportCounters {
    private static final int FLUSHES = 0;
    private static final int BYTES_SENT = 1;
    private static final int BYTES_RECEIVED = 2;
    private static final int MESSAGES_SENT = 3;
    private static final int MESSAGES_RECEIVED = 4;
    private static final int READS = 5;
    private static final int CALLS_STARTED = 6;
    private static final int WINDOW_UPDATES_SENT = 7;
    private static final int DATA_FRAMES_SENT = 8;
    private static final int COUNT = 9;

    private final AtomicLongArray values = new AtomicLongArray(COUNT);

    TransportCounters() {}

    private void add(final int counter, final long amount) {
        // one writer: no atomic addition is needed
        values.setOpaque(counter, values.getPlain(counter) + amount);
    }

    void onFlush() {
        add(FLUSHES, 1);
    }

    void onBytesSent(final int bytes) {
        add(BYTES_SENT, bytes);
    }

    void onRead(final int bytes) {
        add(READS, 1);
        add(BYTES_RECEIVED, bytes);
    }

    void onMessageSent() {
        add(MESSAGES_SENT, 1);
    }

    void onMessageReceived() {
        add(MESSAGES_RECEIVED, 1);
    }

    void onCallStarted() {
        add(CALLS_STARTED, 1);
    }

    void onWindowUpdateSent() {
        add(WINDOW_UPDATES_SENT, 1);
    }

    void onDataFrameSent() {
        add(DATA_FRAMES_SENT, 1);
    }

    /**
     * Times that written bytes were handed to the socket.
     *
     * @return count
     */
    public long flushes() {
        return values.getOpaque(FLUSHES);
    }

    /**
     * Bytes written, before TLS.
     *
     * @return bytes
     */
    public long bytesSent() {
        return values.getOpaque(BYTES_SENT);
    }

    /**
     * Bytes read, after TLS.
     *
     * @return bytes
     */
    public long bytesReceived() {
        return values.getOpaque(BYTES_RECEIVED);
    }

    /**
     * Buffers read from the socket.
     *
     * @return count
     */
    public long reads() {
        return values.getOpaque(READS);
    }

    /**
     * Messages accepted by {@code send}.
     *
     * @return count
     */
    public long messagesSent() {
        return values.getOpaque(MESSAGES_SENT);
    }

    /**
     * Messages delivered to listeners.
     *
     * @return count
     */
    public long messagesReceived() {
        return values.getOpaque(MESSAGES_RECEIVED);
    }

    /**
     * Calls whose request headers were sent.
     *
     * @return count
     */
    public long callsStarted() {
        return values.getOpaque(CALLS_STARTED);
    }

    /**
     * WINDOW_UPDATE frames sent.
     *
     * @return count
     */
    public long windowUpdatesSent() {
        return values.getOpaque(WINDOW_UPDATES_SENT);
    }

    /**
     * DATA frames sent.
     *
     * @return count
     */
    public long dataFramesSent() {
        return values.getOpaque(DATA_FRAMES_SENT);
    }
}
