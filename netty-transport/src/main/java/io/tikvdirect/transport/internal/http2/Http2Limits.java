package io.tikvdirect.transport.internal.http2;

/**
 * Immutable: every bound of the protocol layer, with its reason. Reaching one ends the connection with the error code
 * that its comment names; what may legitimately differ between installations is in the options instead.
 */
public final class Http2Limits {
    /** Length of a frame header (RFC 9113 section 4.1). */
    public static final int FRAME_HEADER_LENGTH = 9;

    /** Smallest and initial SETTINGS_MAX_FRAME_SIZE (RFC 9113 section 6.5.2). */
    public static final int MIN_MAX_FRAME_SIZE = 16_384;

    /** Largest SETTINGS_MAX_FRAME_SIZE (RFC 9113 section 6.5.2). */
    public static final int MAX_MAX_FRAME_SIZE = 16_777_215;

    /** Window that both sides start with (RFC 9113 section 6.9.2). */
    public static final int INITIAL_WINDOW = 65_535;

    /** Largest window (RFC 9113 section 6.9.1); beyond it FLOW_CONTROL_ERROR. */
    public static final int MAX_WINDOW = Integer.MAX_VALUE;

    /** Largest stream id (31 bits); a connection that used it up drains. */
    public static final int MAX_STREAM_ID = Integer.MAX_VALUE;

    /**
     * Fragments of one header block, HEADERS included: an honest block of {@link #MAX_HEADER_BLOCK} needs two, a
     * CONTINUATION flood (CVE-2024-27316) needs many. ENHANCE_YOUR_CALM.
     */
    public static final int MAX_HEADER_FRAGMENTS = 8;

    /** Encoded bytes of one header block, checked before anything is decoded. ENHANCE_YOUR_CALM. */
    public static final int MAX_HEADER_BLOCK = 16_384;

    /**
     * Decoded size of one header list as RFC 9113 section 10.5.1 counts it, advertised as MAX_HEADER_LIST_SIZE. Twice
     * gRPC's usual 8 KiB, because error details of a store travel in trailers. Beyond it the stream fails; an HPACK bomb
     * is decoded to the end for the sake of the dynamic table, but not kept.
     */
    public static final int MAX_HEADER_LIST_SIZE = 16_384;

    /** Dynamic table we let the peer's encoder use; the default of RFC 7541, so no setting needs to be sent. */
    public static final int DECODER_TABLE_SIZE = 4_096;

    /** Dynamic table our encoder uses at most, however much the peer would allow. */
    public static final int MAX_ENCODER_TABLE_SIZE = 4_096;

    /** Entries in one SETTINGS frame: there are about ten known ones. ENHANCE_YOUR_CALM. */
    public static final int MAX_SETTINGS_ENTRIES = 128;

    /** Bytes of GOAWAY debug data that are kept for the message; the rest is skipped. */
    public static final int MAX_GOAWAY_DEBUG = 256;

    /**
     * Control frames (ACKs, RST_STREAM, WINDOW_UPDATE) written and not yet taken by the socket: a peer that makes us
     * answer and does not read (CVE-2019-9512, CVE-2025-8671) stops here. ENHANCE_YOUR_CALM.
     */
    public static final int MAX_CONTROL_BACKLOG = 256;

    /** Control frames after which they are flushed even in the middle of a read. */
    public static final int CONTROL_FLUSH_BATCH = 64;

    /** SETTINGS frames per second; servers send one, and one more when reconfigured. ENHANCE_YOUR_CALM. */
    public static final int MAX_SETTINGS_PER_SECOND = 100;

    /**
     * PINGs per second. Bandwidth estimation of a grpc-go server sends one per round trip while data flows, which on
     * loopback is some ten thousand; a flood is millions. ENHANCE_YOUR_CALM.
     */
    public static final int MAX_PINGS_PER_SECOND = 20_000;

    /** RST_STREAM per second for streams that are not open. ENHANCE_YOUR_CALM. */
    public static final int MAX_STRAY_RESETS_PER_SECOND = 1_000;

    /** PRIORITY and unknown frames per second, all ignored. ENHANCE_YOUR_CALM. */
    public static final int MAX_IGNORED_FRAMES_PER_SECOND = 10_000;

    /** DATA or HEADERS per second for streams that this side has reset or that have ended. ENHANCE_YOUR_CALM. */
    public static final int MAX_LATE_FRAMES_PER_SECOND = 20_000;

    /** DATA frames without a byte and without END_STREAM in a row (CVE-2019-9518). ENHANCE_YOUR_CALM. */
    public static final int MAX_EMPTY_DATA_IN_A_ROW = 64;

    /**
     * WINDOW_UPDATE frames per second: a store that returns credit for each of a million small messages stays below,
     * since it has to be sent those messages first. ENHANCE_YOUR_CALM.
     */
    public static final int MAX_WINDOW_UPDATES_PER_SECOND = 1_000_000;

    /**
     * Streams opened before the peer's SETTINGS. One has to be, because a multiplexer in front of PD sends no SETTINGS
     * before it has seen a request (H20). More would be a bet: a server with a low limit (grpc-java, Netty) answers DATA
     * of the streams it refused with a connection error, which costs the calls it had accepted.
     */
    public static final int INITIAL_MAX_CONCURRENT_STREAMS = 1;

    /** Streams open at once, whatever the peer allows. */
    public static final int MAX_CONCURRENT_STREAMS = 10_000;

    /** Recently reset streams that are remembered, so that what was in flight to them is ignored. */
    public static final int REMEMBERED_RESETS = 256;

    /**
     * A DATA frame smaller than this is sent only when it carries all that is waiting: a peer that hands out its
     * window byte by byte (CVE-2019-9511) does not get a frame per byte. See {@link #SMALL_WINDOW_DELAY_MS}.
     */
    public static final int MIN_DATA_FRAME = 1_024;

    /** After this long a window below {@link #MIN_DATA_FRAME} is used as it is, as TCP does (RFC 1122 4.2.3.4). */
    public static final int SMALL_WINDOW_DELAY_MS = 200;

    private Http2Limits() {}
}
