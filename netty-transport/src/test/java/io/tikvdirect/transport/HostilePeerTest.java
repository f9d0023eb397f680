package io.tikvdirect.transport;

import static io.tikvdirect.transport.internal.http2.FrameType.CONTINUATION;
import static io.tikvdirect.transport.internal.http2.FrameType.DATA;
import static io.tikvdirect.transport.internal.http2.FrameType.GOAWAY;
import static io.tikvdirect.transport.internal.http2.FrameType.HEADERS;
import static io.tikvdirect.transport.internal.http2.FrameType.PING;
import static io.tikvdirect.transport.internal.http2.FrameType.PRIORITY;
import static io.tikvdirect.transport.internal.http2.FrameType.PUSH_PROMISE;
import static io.tikvdirect.transport.internal.http2.FrameType.RST_STREAM;
import static io.tikvdirect.transport.internal.http2.FrameType.SETTINGS;
import static io.tikvdirect.transport.internal.http2.FrameType.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.tikvdirect.transport.internal.http2.Http2ErrorCode;
import io.tikvdirect.transport.internal.http2.Http2Limits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server that breaks rules or floods. Whatever it does: the right error code goes out, every call ends once with a
 * cause, nothing leaks (the class fails otherwise) and nothing hangs.
 */
class HostilePeerTest {
    private RawPeer peer = RawPeer.ready();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        peer.close();
    }

    // ---- frames that are wrong by themselves: all of RFC 9113 sections 4 to 6 ----

    static Stream<Arguments> connectionErrors() {
        final int frameSize = Http2ErrorCode.FRAME_SIZE_ERROR;
        final int protocol = Http2ErrorCode.PROTOCOL_ERROR;
        final int flow = Http2ErrorCode.FLOW_CONTROL_ERROR;
        final int calm = Http2ErrorCode.ENHANCE_YOUR_CALM;
        final int compression = Http2ErrorCode.COMPRESSION_ERROR;
        return Stream.of(
                Arguments.of("frame longer than MAX_FRAME_SIZE", frameSize, Wire.frameOfLength(65_537, DATA, 0, 1)),
                Arguments.of(
                        "unknown frame longer than MAX_FRAME_SIZE", frameSize, Wire.frameOfLength(65_537, 99, 0, 1)),
                Arguments.of("DATA on stream 0", protocol, Wire.data(0, false, (byte) 1)),
                Arguments.of("DATA on idle stream", protocol, Wire.data(3, false, (byte) 1)),
                Arguments.of("DATA on even stream", protocol, Wire.data(2, false, (byte) 1)),
                Arguments.of("padded DATA without pad length", frameSize, Wire.frame(DATA, 8, 1)),
                Arguments.of(
                        "padding as long as the payload", protocol, Wire.frame(DATA, 8, 1, (byte) 3, (byte) 0, (byte)
                                0)),
                Arguments.of("HEADERS on stream 0", protocol, Wire.frame(HEADERS, 4, 0, (byte) 0x88)),
                Arguments.of("HEADERS on idle stream", protocol, Wire.frame(HEADERS, 4, 5, (byte) 0x88)),
                Arguments.of("HEADERS on even stream", protocol, Wire.frame(HEADERS, 4, 2, (byte) 0x88)),
                Arguments.of("HEADERS too short for priority", frameSize, Wire.frame(HEADERS, 0x24, 1, (byte) 0)),
                Arguments.of("HEADERS padded too much", protocol, Wire.frame(HEADERS, 0x0c, 1, (byte) 9, (byte) 0x88)),
                Arguments.of("PRIORITY on stream 0", protocol, Wire.frame(PRIORITY, 0, 0, new byte[5])),
                Arguments.of("RST_STREAM on stream 0", protocol, Wire.rst(0, 0)),
                Arguments.of("RST_STREAM on idle stream", protocol, Wire.rst(7, 0)),
                Arguments.of("RST_STREAM of 3 bytes", frameSize, Wire.frame(RST_STREAM, 0, 1, new byte[3])),
                Arguments.of("RST_STREAM of 5 bytes", frameSize, Wire.frame(RST_STREAM, 0, 1, new byte[5])),
                Arguments.of("SETTINGS on a stream", protocol, Wire.frame(SETTINGS, 0, 1)),
                Arguments.of("SETTINGS of 5 bytes", frameSize, Wire.frame(SETTINGS, 0, 0, new byte[5])),
                Arguments.of("SETTINGS ACK with payload", frameSize, Wire.frame(SETTINGS, 1, 0, new byte[6])),
                Arguments.of("SETTINGS with too many entries", calm, Wire.frame(SETTINGS, 0, 0, new byte[6 * 129])),
                Arguments.of("ENABLE_PUSH from a server", protocol, Wire.settings(2, 1)),
                Arguments.of("INITIAL_WINDOW_SIZE above 2^31-1", flow, Wire.settings(4, -1)),
                Arguments.of("MAX_FRAME_SIZE too small", protocol, Wire.settings(5, 16_383)),
                Arguments.of("MAX_FRAME_SIZE too large", protocol, Wire.settings(5, 16_777_216)),
                Arguments.of("PUSH_PROMISE", protocol, Wire.frame(PUSH_PROMISE, 4, 1, new byte[8])),
                Arguments.of("PING on a stream", protocol, Wire.frame(PING, 0, 1, new byte[8])),
                Arguments.of("PING of 7 bytes", frameSize, Wire.frame(PING, 0, 0, new byte[7])),
                Arguments.of("PING of 9 bytes", frameSize, Wire.frame(PING, 0, 0, new byte[9])),
                Arguments.of("GOAWAY on a stream", protocol, Wire.frame(GOAWAY, 0, 1, new byte[8])),
                Arguments.of("GOAWAY of 7 bytes", frameSize, Wire.frame(GOAWAY, 0, 0, new byte[7])),
                Arguments.of("WINDOW_UPDATE of 3 bytes", frameSize, Wire.frame(WINDOW_UPDATE, 0, 0, new byte[3])),
                Arguments.of("WINDOW_UPDATE of 0 on the connection", protocol, Wire.windowUpdate(0, 0)),
                Arguments.of("WINDOW_UPDATE on idle stream", protocol, Wire.windowUpdate(9, 1)),
                Arguments.of("connection window overflow", flow, Wire.windowUpdate(0, Integer.MAX_VALUE)),
                Arguments.of("CONTINUATION without HEADERS", protocol, Wire.frame(CONTINUATION, 4, 1)),
                Arguments.of(
                        "DATA inside a header block",
                        protocol,
                        Wire.concat(Wire.frame(HEADERS, 0, 1), Wire.data(1, false))),
                Arguments.of(
                        "CONTINUATION of another stream",
                        protocol,
                        Wire.concat(Wire.frame(HEADERS, 0, 1), Wire.frame(CONTINUATION, 4, 3))),
                Arguments.of(
                        "unknown frame inside a header block",
                        protocol,
                        Wire.concat(Wire.frame(HEADERS, 0, 1), Wire.frame(99, 0, 1))),
                Arguments.of("HPACK index 0", compression, Wire.frame(HEADERS, 4, 1, (byte) 0x80)),
                Arguments.of(
                        "HPACK index out of range", compression, Wire.frame(HEADERS, 4, 1, (byte) 0xff, (byte) 0x7f)),
                Arguments.of("HPACK integer too long", compression, Wire.frame(HEADERS, 4, 1, new byte[] {
                    (byte) 0xff, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0
                })),
                Arguments.of(
                        "HPACK string cut", compression, Wire.frame(HEADERS, 4, 1, new byte[] {0x40, 0x05, 'a', 'b'})),
                Arguments.of("HPACK table size update too large", compression, Wire.frame(HEADERS, 4, 1, new byte[] {
                    0x3f, (byte) 0xe2, 0x1f, (byte) 0x88
                })),
                Arguments.of("HPACK table size update misplaced", compression, Wire.frame(HEADERS, 4, 1, new byte[] {
                    (byte) 0x88, 0x20
                })),
                Arguments.of("HPACK Huffman padding too long", compression, Wire.frame(HEADERS, 4, 1, new byte[] {
                    0x40, (byte) 0x82, -1, -1, 0x00
                })),
                Arguments.of("HPACK Huffman EOS inside", compression, Wire.frame(HEADERS, 4, 1, new byte[] {
                    0x40, (byte) 0x84, -1, -1, -1, -1, 0x00
                })));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("connectionErrors")
    void endsTheConnection(final String name, final int errorCode, final byte[] bytes) throws Exception {
        peer.start(listener);
        peer.frames();
        peer.send(bytes);
        assertEnded(errorCode);
        assertThat(peer.closeCause.frameLog()).contains("> HEADERS[4] 1");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("connectionErrors")
    void endsTheConnectionByteByByteToo(final String name, final int errorCode, final byte[] bytes) throws Exception {
        peer.start(listener);
        peer.frames();
        for (final byte one : bytes) {
            peer.send(new byte[] {one});
        }
        assertEnded(errorCode);
    }

    private void assertEnded(final int errorCode) throws Exception {
        assertThat(Http2ErrorCode.name(peer.goAwayCode())).isEqualTo(Http2ErrorCode.name(errorCode));
        final GrpcStatus status = listener.awaitStatus();
        assertThat(status.code()).isEqualTo(GrpcStatusCode.UNAVAILABLE);
        assertThat(status.cause()).isSameAs(peer.closeCause);
        assertThat(peer.closeCause.kind()).isEqualTo(TransportException.Kind.PROTOCOL_ERROR);
    }

    // ---- errors of one stream ----

    @Test
    void streamErrorsLeaveOtherCallsAlone() throws Exception {
        final byte[][] bad = {
            Wire.windowUpdate(1, 0),
            Wire.windowUpdate(3, Integer.MAX_VALUE),
            Wire.frame(PRIORITY, 0, 5, new byte[4]),
            Wire.data(7, false, (byte) 1),
            peer.headers(9, false, "Bad-Name", "x", ":status", "200"),
            peer.headers(11, false, "x", "no status"),
            peer.headers(13, true, ":status", "abc"),
            peer.headers(15, false, ":status", "200", "content-type", "application/grpc", "connection", "close"),
        };
        final int[] codes = {
            Http2ErrorCode.PROTOCOL_ERROR,
            Http2ErrorCode.FLOW_CONTROL_ERROR,
            Http2ErrorCode.FRAME_SIZE_ERROR,
            Http2ErrorCode.PROTOCOL_ERROR,
            Http2ErrorCode.PROTOCOL_ERROR,
            Http2ErrorCode.PROTOCOL_ERROR,
            Http2ErrorCode.PROTOCOL_ERROR,
            Http2ErrorCode.PROTOCOL_ERROR,
        };
        final RecordingListener[] listeners = new RecordingListener[bad.length];
        for (int i = 0; i < bad.length; i++) {
            listeners[i] = new RecordingListener();
            peer.start(listeners[i]);
        }
        peer.start(listener);
        peer.frames();
        for (int i = 0; i < bad.length; i++) {
            peer.send(bad[i]);
            final int streamId = 2 * i + 1;
            final int code = codes[i];
            assertThat(listeners[i].awaitStatus().code()).as("case %d", i).isEqualTo(GrpcStatusCode.INTERNAL);
            assertThat(peer.frames())
                    .as("case %d", i)
                    .singleElement()
                    .matches(frame ->
                            frame.type() == RST_STREAM && frame.streamId() == streamId && frame.intAt(0) == code);
        }
        final int last = 2 * bad.length + 1;
        peer.send(peer.responseHeaders(last), peer.trailers(last, 0));
        assertThat(listener.awaitStatus().isOk()).isTrue();
    }

    @Test
    void framesAfterTheEndOfAStreamAreAnsweredWithStreamClosed() throws Exception {
        final GrpcCall call = peer.start(listener);
        call.halfClose();
        peer.send(peer.responseHeaders(1), peer.trailers(1, 0));
        assertThat(listener.awaitStatus().isOk()).isTrue();
        peer.frames();
        peer.send(Wire.data(1, false, (byte) 1), Wire.windowUpdate(1, 5), Wire.rst(1, 0));
        assertThat(peer.frames())
                .singleElement()
                .matches(frame -> frame.type() == RST_STREAM && frame.intAt(0) == Http2ErrorCode.STREAM_CLOSED);
        assertThat(peer.connection.isClosed()).isFalse();
    }

    @Test
    void dataBeyondTheStreamWindowResetsTheStream() throws Exception {
        peer.close();
        peer = RawPeer.ready(options -> options.streamWindow(1_000).connectionWindow(1 << 20));
        peer.start(CallOptions.DEFAULT.withInitialDemand(0), listener);
        peer.frames();
        peer.send(peer.responseHeaders(1), Wire.data(1, false, new byte[1_000]));
        assertThat(listener.status).isNotDone();
        peer.send(Wire.data(1, false, new byte[1]));
        assertThat(listener.awaitStatus().message()).contains("FLOW_CONTROL_ERROR");
        assertThat(peer.frames())
                .anyMatch(frame -> frame.type() == RST_STREAM && frame.intAt(0) == Http2ErrorCode.FLOW_CONTROL_ERROR);
    }

    @Test
    void dataBeyondTheConnectionWindowEndsTheConnection() throws Exception {
        peer.close();
        peer = RawPeer.ready(options -> options.streamWindow(1 << 20).connectionWindow(65_535));
        peer.start(CallOptions.DEFAULT.withInitialDemand(0), listener);
        peer.frames();
        peer.send(peer.responseHeaders(1), Wire.data(1, false, new byte[65_000]));
        peer.send(Wire.data(1, false, new byte[536]));
        assertEnded(Http2ErrorCode.FLOW_CONTROL_ERROR);
    }

    @Test
    void initialWindowThatOverflowsAStreamEndsTheConnection() throws Exception {
        peer.start(listener);
        peer.frames();
        peer.send(Wire.windowUpdate(1, Integer.MAX_VALUE - 65_535), Wire.settings(4, 65_536));
        assertEnded(Http2ErrorCode.FLOW_CONTROL_ERROR);
    }

    // ---- floods ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100})
    void continuationFlood(final int bytesEach) throws Exception {
        peer.start(listener);
        peer.frames();
        final byte[] one = Wire.frame(CONTINUATION, 0, 1, new byte[bytesEach]);
        peer.send(Wire.frame(HEADERS, 0, 1, new byte[bytesEach]), Wire.repeat(one, 1_000));
        assertEnded(Http2ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void headerBlockIsBoundedBeforeItIsDecoded() throws Exception {
        peer.start(listener);
        peer.frames();
        peer.send(Wire.frame(HEADERS, 0, 1, new byte[16_000]), Wire.frame(CONTINUATION, 0, 1, new byte[385]));
        assertEnded(Http2ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void legalHeaderBlockInEightFragmentsIsFine() throws Exception {
        peer.start(listener);
        final byte[] block =
                peer.block(":status", "200", "content-type", "application/grpc", "grpc-status", "0", "x", "yyyy");
        for (int i = 0; i < 8; i++) {
            final int from = i * block.length / 8;
            final byte[] piece = Arrays.copyOfRange(block, from, (i + 1) * block.length / 8);
            peer.send(Wire.frame(i == 0 ? HEADERS : CONTINUATION, (i == 0 ? 1 : 0) | (i == 7 ? 4 : 0), 1, piece));
        }
        assertThat(listener.awaitStatus().trailers().get("x")).isEqualTo("yyyy");
    }

    @Test
    void headerListAboveTheLimitOrABombFailsItsStreamOnly() throws Exception {
        final RecordingListener second = new RecordingListener();
        peer.start(listener);
        peer.start(second);
        peer.frames();
        // one field of 3,000 bytes into the dynamic table, then references to it
        peer.send(Wire.frame(HEADERS, 4, 1, bomb(5)));
        assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.INTERNAL);
        assertThat(peer.connection.isClosed()).isFalse();
        peer.send(Wire.frame(HEADERS, 4, 3, bomb(2_000)));
        assertThat(second.awaitStatus().message()).contains("16384");
        final RecordingListener third = new RecordingListener();
        peer.start(third);
        peer.send(Wire.frame(HEADERS, 4, 5, new byte[] {(byte) 0x88, (byte) (0x80 | 62)}));
        assertThat(peer.connection.isClosed())
                .as("the dynamic table is still in step")
                .isFalse();
    }

    private static byte[] bomb(final int references) {
        final io.netty.buffer.ByteBuf out = Unpooled.buffer();
        out.writeByte(0x88).writeByte(0x40).writeByte(1).writeByte('x');
        out.writeByte(0x7f).writeByte(3_000 - 127 & 0x7f | 0x80).writeByte(3_000 - 127 >> 7);
        out.writeBytes("y".repeat(3_000).getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < references; i++) {
            out.writeByte(0x80 | 62);
        }
        return ByteBufUtil.getBytes(out);
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                Arguments.of("SETTINGS", Wire.settings(), Http2Limits.MAX_SETTINGS_PER_SECOND),
                Arguments.of("SETTINGS ACK", Wire.settingsAck(), Http2Limits.MAX_SETTINGS_PER_SECOND),
                Arguments.of("PING", Wire.ping(1), Http2Limits.MAX_PINGS_PER_SECOND),
                Arguments.of("PING ACK", Wire.pingAck(1), Http2Limits.MAX_PINGS_PER_SECOND),
                Arguments.of(
                        "PRIORITY", Wire.frame(PRIORITY, 0, 3, new byte[5]), Http2Limits.MAX_IGNORED_FRAMES_PER_SECOND),
                Arguments.of("unknown", Wire.frame(77, 0, 0), Http2Limits.MAX_IGNORED_FRAMES_PER_SECOND),
                Arguments.of("empty DATA", Wire.data(3, false), Http2Limits.MAX_EMPTY_DATA_IN_A_ROW),
                Arguments.of("RST_STREAM of a closed stream", Wire.rst(1, 0), Http2Limits.MAX_STRAY_RESETS_PER_SECOND),
                Arguments.of(
                        "DATA to a reset stream",
                        Wire.data(1, false, (byte) 1),
                        Http2Limits.MAX_LATE_FRAMES_PER_SECOND),
                Arguments.of("WINDOW_UPDATE", Wire.windowUpdate(3, 1), Http2Limits.MAX_WINDOW_UPDATES_PER_SECOND));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void floodsEndWithEnhanceYourCalm(final String name, final byte[] frame, final int bound) throws Exception {
        peer.close();
        peer = RawPeer.readyAndUnwatched();
        peer.start(new RecordingListener()).cancel();
        peer.start(listener);
        peer.frames();
        peer.send(peer.responseHeaders(3));
        peer.passMs(1_000);
        final int batch = Math.min(bound, 50_000);
        final byte[] many = Wire.repeat(frame, batch);
        int sent = bound - (bound % batch);
        for (int i = 0; i < bound / batch; i++) {
            peer.send(many);
            peer.bytes();
        }
        assertThat(sent).isEqualTo(bound);
        assertThat(peer.connection.isClosed()).as("within the bound").isFalse();
        peer.send(Wire.repeat(frame, 110));
        assertEnded(Http2ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void peerThatMakesUsAnswerAndDoesNotReadIsCutOff() throws Exception {
        peer.start(listener);
        peer.frames();
        peer.stalled = true;
        for (int i = 0; i < Http2Limits.MAX_CONTROL_BACKLOG; i++) {
            peer.send(Wire.ping(i));
        }
        assertThat(peer.connection.isClosed()).as("within the bound").isFalse();
        peer.send(Wire.ping(0));
        assertThat(listener.awaitStatus().message()).contains("does not read");
    }

    @Test
    void peerThatReadsMayAskAsOftenAsItLikes() {
        peer.start(listener);
        for (int i = 0; i < 10 * Http2Limits.MAX_CONTROL_BACKLOG; i++) {
            peer.send(Wire.ping(i));
            peer.bytes();
        }
        peer.sendTogether(Wire.repeat(Wire.ping(7), 1_000));
        assertThat(peer.frames()).hasSize(1_000);
        assertThat(peer.connection.isClosed()).isFalse();
    }

    @Test
    void sameFramesOverManySecondsAreNoFlood() {
        peer.start(listener);
        for (int second = 0; second < 20; second++) {
            peer.send(Wire.repeat(Wire.settings(), 50), Wire.repeat(Wire.frame(77, 0, 0), 5_000));
            peer.bytes();
            peer.passMs(1_000);
        }
        assertThat(peer.connection.isClosed()).isFalse();
    }

    // ---- not HTTP/2 ----

    static Stream<Arguments> greetings() {
        return Stream.of(
                Arguments.of("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "HTTP/1.1 400 Bad Request"),
                Arguments.of("SSH-2.0-OpenSSH_9.6\r\n", "SSH banner: SSH-2.0-OpenSSH_9.6"),
                Arguments.of("\u0015\u0003\u0001\u0000\u0002\u0002\u0046", "TLS alert"),
                Arguments.of("\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u0009", "\\x00\\x01"),
                Arguments.of("220 mail.example.com ESMTP\r\n", "220 mail.example.com"));
    }

    @ParameterizedTest
    @MethodSource("greetings")
    void otherProtocolsAreNamed(final String greeting, final String expected) throws Exception {
        peer.close();
        peer = new RawPeer();
        peer.start(listener);
        peer.send(greeting.getBytes(StandardCharsets.ISO_8859_1));
        peer.channel.close();
        peer.channel.runPendingTasks();
        assertThat(listener.awaitStatus().message()).contains(expected);
        assertThat(peer.closeCause.kind()).isEqualTo(TransportException.Kind.NOT_HTTP2);
        assertThat(peer.closeCause).hasMessageContaining(expected);
    }

    @Test
    void settingsMustComeFirst() throws Exception {
        peer.close();
        peer = new RawPeer();
        peer.start(listener);
        peer.send(Wire.ping(1));
        assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.UNAVAILABLE);
        assertThat(peer.closeCause.kind()).isEqualTo(TransportException.Kind.NOT_HTTP2);
    }

    @Test
    void silenceAfterTheRequestEndsWithTheConnectTimeout() throws Exception {
        peer.close();
        peer = new RawPeer();
        peer.start(listener);
        peer.passMs(4_999);
        assertThat(listener.status).isNotDone();
        peer.passMs(1);
        assertThat(listener.awaitStatus().message()).contains("no HTTP/2 SETTINGS within 5000 ms");
        assertThat(peer.closeCause.kind()).isEqualTo(TransportException.Kind.CONNECT_TIMEOUT);
    }

    /** A whole answer up to its trailers, after the server's SETTINGS and its ACK of ours. */
    private static byte[] conversation(final RawPeer server) {
        return Wire.concat(
                Wire.settings(3, 10),
                Wire.settingsAck(),
                server.responseHeaders(1),
                Wire.data(1, false, Wire.message((byte) 1, (byte) 2, (byte) 3)),
                Wire.ping(5),
                server.trailers(1, 0));
    }

    @Test
    void silenceAfterAnyByteEndsACallAtItsDeadline() throws Exception {
        final int length = conversation(peer).length;
        for (int sent = 0; sent < length; sent++) {
            final RecordingListener call = new RecordingListener();
            try (RawPeer silent = new RawPeer()) {
                silent.start(CallOptions.DEFAULT.withDeadlineNs(silent.afterMs(1_000)), call);
                silent.send(Arrays.copyOf(conversation(silent), sent));
                silent.passMs(999);
                assertThat(call.status).as("after %d bytes", sent).isNotDone();
                silent.passMs(1);
                assertThat(call.awaitStatus().code()).isEqualTo(GrpcStatusCode.DEADLINE_EXCEEDED);
            }
        }
    }

    @Test
    void silenceAfterAnyByteEndsTheConnectionEvenForCallsWithoutADeadline() throws Exception {
        final int length = conversation(peer).length;
        for (int sent = 0; sent < length; sent++) {
            final RecordingListener call = new RecordingListener();
            try (RawPeer silent = new RawPeer()) {
                silent.start(call);
                silent.send(Arrays.copyOf(conversation(silent), sent));
                for (int second = 0; second < 14; second++) {
                    silent.passMs(1_000);
                }
                assertThat(call.awaitStatus().code()).as("after %d bytes", sent).isEqualTo(GrpcStatusCode.UNAVAILABLE);
                assertThat(silent.closeCause.kind())
                        .isIn(TransportException.Kind.CONNECT_TIMEOUT, TransportException.Kind.KEEPALIVE_TIMEOUT);
            }
        }
    }

    @Test
    void withoutARequestAServerMayBeSilent() {
        peer.close();
        peer = new RawPeer();
        peer.passMs(100_000);
        assertThat(peer.connection.isReady()).isTrue();
        assertThat(peer.life).isEqualTo(List.of("ready"));
    }
}
