package io.tikvdirect.transport;

import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.transport.internal.http2.Http2Limits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Immutable: settings of a connection. Fixed bounds of the protocol layer are in {@code Http2Limits}. */
public final class TransportOptions {
    private static final int MIB = 1 << 20;

    private final ByteBufAllocator allocator;
    private final int streamWindow;
    private final int connectionWindow;
    private final int maxFrameSize;
    private final int maxMessageSize;
    private final int maxWaitingCalls;
    private final long maxPendingBytesPerCall;
    private final int writeHighWaterMark;
    private final int receiveBufferSize;
    private final Duration connectTimeout;
    private final Duration keepAliveTime;
    private final Duration keepAliveTimeout;
    private final Compression compression;
    private final String userAgent;
    private final @Nullable TlsOptions tls;
    private final int firstStreamId;

    private TransportOptions(final Builder builder) {
        allocator = builder.allocator;
        streamWindow = builder.streamWindow;
        connectionWindow = builder.connectionWindow;
        maxFrameSize = builder.maxFrameSize;
        maxMessageSize = builder.maxMessageSize;
        maxWaitingCalls = builder.maxWaitingCalls;
        maxPendingBytesPerCall = builder.maxPendingBytesPerCall;
        writeHighWaterMark = builder.writeHighWaterMark;
        receiveBufferSize = builder.receiveBufferSize;
        connectTimeout = builder.connectTimeout;
        keepAliveTime = builder.keepAliveTime;
        keepAliveTimeout = builder.keepAliveTimeout;
        compression = builder.compression;
        userAgent = builder.userAgent;
        tls = builder.tls;
        firstStreamId = builder.firstStreamId;
    }

    /**
     * Builds options.
     *
     * @param allocator of all buffers of the connections; the caller owns it, so that giving it up gives the memory back
     * @return a builder with the defaults of client-go
     */
    public static Builder builder(final ByteBufAllocator allocator) {
        return new Builder(allocator);
    }

    /** {@return a new builder, which starts with these options} */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** {@return allocator of all buffers; owned by whoever built the options} */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** {@return bytes the server may have in flight on one stream; default 128 MiB, as client-go} */
    public int streamWindow() {
        return streamWindow;
    }

    /** {@return bytes the server may have in flight on the connection; default 128 MiB, as client-go} */
    public int connectionWindow() {
        return connectionWindow;
    }

    /** {@return largest frame the server may send; bytes, default 64 KiB: one receive buffer} */
    public int maxFrameSize() {
        return maxFrameSize;
    }

    /** {@return largest message that is accepted, after decompression; bytes, default 512 MiB} */
    public int maxMessageSize() {
        return maxMessageSize;
    }

    /**
     * {@return calls that may wait for the connection or for the server's MAX_CONCURRENT_STREAMS; default 1,024; beyond
     * it a call fails with RESOURCE_EXHAUSTED}
     */
    public int maxWaitingCalls() {
        return maxWaitingCalls;
    }

    /**
     * {@return bytes of one call that may wait for the peer's windows; default 256 MiB; a call that exceeds it fails
     * with RESOURCE_EXHAUSTED}
     */
    public long maxPendingBytesPerCall() {
        return maxPendingBytesPerCall;
    }

    /** {@return waiting bytes from which a call is not writable; default 4 MiB; writable again at half of it} */
    public int writeHighWaterMark() {
        return writeHighWaterMark;
    }

    /** {@return size of the reusable receive buffer; bytes, default 64 KiB} */
    public int receiveBufferSize() {
        return receiveBufferSize;
    }

    /**
     * {@return time for name resolution, TCP and TLS together, and again for the server's SETTINGS after the first
     * request; default 5 s}
     */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** {@return silence with active calls after which a PING is sent; default 10 s, as client-go; zero = never} */
    public Duration keepAliveTime() {
        return keepAliveTime;
    }

    /** {@return silence after that PING which ends the connection; default 3 s, as client-go} */
    public Duration keepAliveTimeout() {
        return keepAliveTimeout;
    }

    /** {@return message encodings offered; default none} */
    public Compression compression() {
        return compression;
    }

    /** {@return value of the {@code user-agent} header; default {@code tikv-direct}} */
    public String userAgent() {
        return userAgent;
    }

    /** {@return TLS; null = plain text} */
    public @Nullable TlsOptions tls() {
        return tls;
    }

    int firstStreamId() {
        return firstStreamId;
    }

    /** Not thread-safe: collects options; {@link #build} verifies them. */
    public static final class Builder {
        private final ByteBufAllocator allocator;
        private int streamWindow = 128 * MIB;
        private int connectionWindow = 128 * MIB;
        private int maxFrameSize = 64 * 1024;
        private int maxMessageSize = 512 * MIB;
        private int maxWaitingCalls = 1_024;
        private long maxPendingBytesPerCall = 256L * MIB;
        private int writeHighWaterMark = 4 * MIB;
        private int receiveBufferSize = 64 * 1024;
        private Duration connectTimeout = Duration.ofSeconds(5);
        private Duration keepAliveTime = Duration.ofSeconds(10);
        private Duration keepAliveTimeout = Duration.ofSeconds(3);
        private Compression compression = Compression.NONE;
        private String userAgent = "tikv-direct";
        private @Nullable TlsOptions tls;
        private int firstStreamId = 1;

        private Builder(final ByteBufAllocator allocator) {
            this.allocator = allocator;
        }

        private Builder(final TransportOptions from) {
            allocator = from.allocator;
            streamWindow = from.streamWindow;
            connectionWindow = from.connectionWindow;
            maxFrameSize = from.maxFrameSize;
            maxMessageSize = from.maxMessageSize;
            maxWaitingCalls = from.maxWaitingCalls;
            maxPendingBytesPerCall = from.maxPendingBytesPerCall;
            writeHighWaterMark = from.writeHighWaterMark;
            receiveBufferSize = from.receiveBufferSize;
            connectTimeout = from.connectTimeout;
            keepAliveTime = from.keepAliveTime;
            keepAliveTimeout = from.keepAliveTimeout;
            compression = from.compression;
            userAgent = from.userAgent;
            tls = from.tls;
            firstStreamId = from.firstStreamId;
        }

        /**
         * Sets {@link TransportOptions#streamWindow()}.
         *
         * @param bytes 1 to 2^31-1
         * @return this
         */
        public Builder streamWindow(final int bytes) {
            streamWindow = inRange("streamWindow", bytes, 1, Http2Limits.MAX_WINDOW);
            return this;
        }

        /**
         * Sets {@link TransportOptions#connectionWindow()}.
         *
         * @param bytes 65,535 (what HTTP/2 starts with) to 2^31-1
         * @return this
         */
        public Builder connectionWindow(final int bytes) {
            connectionWindow = inRange("connectionWindow", bytes, Http2Limits.INITIAL_WINDOW, Http2Limits.MAX_WINDOW);
            return this;
        }

        /**
         * Sets {@link TransportOptions#maxFrameSize()}.
         *
         * @param bytes 16,384 to 2^24-1
         * @return this
         */
        public Builder maxFrameSize(final int bytes) {
            maxFrameSize =
                    inRange("maxFrameSize", bytes, Http2Limits.MIN_MAX_FRAME_SIZE, Http2Limits.MAX_MAX_FRAME_SIZE);
            return this;
        }

        /**
         * Sets {@link TransportOptions#maxMessageSize()}. A longer message fails its call with RESOURCE_EXHAUSTED before
         * memory is taken for it.
         *
         * @param bytes 1 to 2^31-1, default 512 MiB
         * @return this
         */
        public Builder maxMessageSize(final int bytes) {
            maxMessageSize = inRange("maxMessageSize", bytes, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Sets {@link TransportOptions#maxWaitingCalls()}.
         *
         * @param calls 0 to 1,000,000
         * @return this
         */
        public Builder maxWaitingCalls(final int calls) {
            maxWaitingCalls = inRange("maxWaitingCalls", calls, 0, 1_000_000);
            return this;
        }

        /**
         * Sets {@link TransportOptions#maxPendingBytesPerCall()}.
         *
         * @param bytes at least 1
         * @return this
         */
        public Builder maxPendingBytesPerCall(final long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("maxPendingBytesPerCall must be positive: " + bytes);
            }
            maxPendingBytesPerCall = bytes;
            return this;
        }

        /**
         * Sets {@link TransportOptions#writeHighWaterMark()}.
         *
         * @param bytes 1 to 2^31-1
         * @return this
         */
        public Builder writeHighWaterMark(final int bytes) {
            writeHighWaterMark = inRange("writeHighWaterMark", bytes, 1, Integer.MAX_VALUE);
            return this;
        }

        /**
         * Sets {@link TransportOptions#receiveBufferSize()}.
         *
         * @param bytes 1 to 16 MiB
         * @return this
         */
        public Builder receiveBufferSize(final int bytes) {
            receiveBufferSize = inRange("receiveBufferSize", bytes, 1, 16 * MIB);
            return this;
        }

        /**
         * Sets {@link TransportOptions#connectTimeout()}.
         *
         * @param timeout 1 ms to a day
         * @return this
         */
        public Builder connectTimeout(final Duration timeout) {
            connectTimeout = positive("connectTimeout", timeout);
            return this;
        }

        /**
         * Sets {@link TransportOptions#keepAliveTime()}.
         *
         * @param time 1 ms to a day, or zero for never
         * @return this
         */
        public Builder keepAliveTime(final Duration time) {
            keepAliveTime = time.isZero() ? time : positive("keepAliveTime", time);
            return this;
        }

        /**
         * Sets {@link TransportOptions#keepAliveTimeout()}.
         *
         * @param timeout 1 ms to a day
         * @return this
         */
        public Builder keepAliveTimeout(final Duration timeout) {
            keepAliveTimeout = positive("keepAliveTimeout", timeout);
            return this;
        }

        /**
         * Sets {@link TransportOptions#compression()}.
         *
         * @param encodings offered
         * @return this
         */
        public Builder compression(final Compression encodings) {
            compression = encodings;
            return this;
        }

        /**
         * Sets {@link TransportOptions#userAgent()}.
         *
         * @param name printable ASCII
         * @return this
         */
        public Builder userAgent(final String name) {
            if (name.isBlank() || !name.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
                throw new IllegalArgumentException("userAgent must be printable ASCII: " + name);
            }
            userAgent = name;
            return this;
        }

        /**
         * Sets {@link TransportOptions#tls()}.
         *
         * @param options null = plain text
         * @return this
         */
        public Builder tls(final @Nullable TlsOptions options) {
            tls = options;
            return this;
        }

        /** Lets tests come near the end of the stream ids. */
        Builder firstStreamId(final int id) {
            firstStreamId = id;
            return this;
        }

        /** {@return makes the options; immutable} */
        public TransportOptions build() {
            return new TransportOptions(this);
        }

        private static int inRange(final String name, final int value, final int min, final int max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(name + " must be between " + min + " and " + max + ": " + value);
            }
            return value;
        }

        private static Duration positive(final String name, final Duration value) {
            if (value.toMillis() < 1 || value.toDays() > 1) {
                throw new IllegalArgumentException(name + " must be between 1 ms and a day: " + value);
            }
            return value;
        }
    }
}
