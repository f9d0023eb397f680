package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.tikvdirect.transport.internal.http2.FrameType;
import io.tikvdirect.transport.internal.http2.Http2ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One call at a time, against a peer that sends any bytes. */
class CallTest {
    private RawPeer peer = new RawPeer();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        peer.close();
    }

    @Test
    void prefaceSettingsAndRequestGoOutBeforeThePeerHasSaidAnything() {
        final GrpcCall call = peer.start(listener);
        call.sendLast(call.newMessage(3).writeBytes(new byte[] {7, 8, 9}));
        call.flush();

        final byte[] bytes = peer.bytes();
        assertThat(new String(bytes, 0, 24, StandardCharsets.US_ASCII)).isEqualTo("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        final List<Wire.Frame> frames = Wire.parse(Arrays.copyOfRange(bytes, 24, bytes.length));
        assertThat(frames)
                .extracting(Wire.Frame::type)
                .containsExactly(FrameType.SETTINGS, FrameType.WINDOW_UPDATE, FrameType.HEADERS, FrameType.DATA);
        assertThat(frames.get(0).payload())
                .isEqualTo(Arrays.copyOfRange(Wire.settings(2, 0, 4, 128 << 20, 5, 65536, 6, 16384), 9, 33));
        assertThat(frames.get(1).intAt(0)).isEqualTo((128 << 20) - 65535);
        assertThat(frames.get(3)).matches(frame -> frame.flags() == 1);
        assertThat(frames.get(3).payload()).isEqualTo(Wire.message((byte) 7, (byte) 8, (byte) 9));
    }

    @Test
    void requestHeadersAreThoseOfGrpcAndNothingElse() {
        peer.start(CallOptions.DEFAULT.withDeadlineNs(peer.afterMs(250)), listener);

        final Wire.Frame headers = peer.frames().get(2);
        assertThat(headers.flags()).as("one frame").isEqualTo(4);
        final Http2Headers decoded = peer.decode(headers);
        assertThat(decoded.method()).hasToString("POST");
        assertThat(decoded.scheme()).hasToString("http");
        assertThat(decoded.path()).hasToString("/test.Raw/Call");
        assertThat(decoded.authority()).hasToString("test");
        assertThat(decoded.get("te")).hasToString("trailers");
        assertThat(decoded.get("content-type")).hasToString("application/grpc");
        assertThat(decoded.get("user-agent")).hasToString("tikv-direct");
        assertThat(decoded.get("grpc-timeout")).hasToString("250000u");
        assertThat(decoded.size()).isEqualTo(8);
    }

    @Test
    void smallMessageIsOneContiguousWrite() {
        final GrpcCall call = peer.start(listener);
        peer.frames();
        call.send(call.newMessage(5).writeBytes(new byte[5]));
        call.flush();
        final ByteBuf only = peer.channel.readOutbound();
        assertThat(only.readableBytes()).isEqualTo(9 + 5 + 5);
        assertThat((Object) peer.channel.readOutbound()).isNull();
        only.release();
    }

    @Test
    void messageInPartsIsOneFrame() {
        final GrpcCall call = peer.start(listener);
        peer.frames();
        final ByteBuf head = call.newMessage(2).writeBytes(new byte[] {1, 2});
        final ByteBuf value = peer.allocator.directBuffer().writeBytes(new byte[] {3, 4, 5});
        assertThat(call.sendParts(new ByteBuf[] {head, value, null}, 2)).isTrue();
        call.flush();
        assertThat(peer.frames())
                .singleElement()
                .matches(frame -> Arrays.equals(frame.payload(), Wire.message(new byte[] {1, 2, 3, 4, 5})));
    }

    @Test
    void messageWithoutHeadRoomIsSentAllTheSame() {
        final GrpcCall call = peer.start(listener);
        peer.frames();
        call.send(peer.allocator.directBuffer().writeBytes(new byte[] {1, 2, 3}).asReadOnly());
        call.flush();
        assertThat(peer.frames())
                .singleElement()
                .matches(frame -> Arrays.equals(frame.payload(), Wire.message(new byte[] {1, 2, 3})));
    }

    @Test
    void answerInOneReadAndInManyPieces() throws Exception {
        peer.send(Wire.settings());
        final RecordingListener second = new RecordingListener();
        peer.start(listener);
        peer.start(second);
        peer.sendTogether(peer.responseHeaders(1), Wire.data(1, false, Wire.message((byte) 5)), peer.trailers(1, 0));
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(listener.messages).containsExactly(new byte[] {5});

        final byte[] bytes = Wire.concat(
                peer.responseHeaders(3),
                Wire.paddedData(3, false, 3, Wire.message((byte) 1, (byte) 2)),
                Wire.data(3, false),
                Wire.data(3, false, Wire.concat(Wire.message(), Wire.message((byte) 3))),
                peer.headers(3, true, "grpc-status", "0", "x-more", "yes"));
        for (final byte one : bytes) {
            peer.send(new byte[] {one});
        }
        final GrpcStatus status = second.awaitStatus();
        assertThat(status.isOk()).isTrue();
        assertThat(status.trailers().get("x-more")).isEqualTo("yes");
        assertThat(second.messages).containsExactly(new byte[] {1, 2}, new byte[0], new byte[] {3});
    }

    @Test
    void messageSpanningFramesIsAssembledOnce() throws Exception {
        peer.send(Wire.settings());
        peer.start(listener);
        final byte[] body = new byte[100_000];
        Arrays.fill(body, (byte) 9);
        final byte[] message = Wire.message(body);
        peer.send(peer.responseHeaders(1));
        for (int at = 0; at < message.length; at += 10_000) {
            peer.send(Wire.data(1, false, Arrays.copyOfRange(message, at, Math.min(message.length, at + 10_000))));
        }
        peer.send(peer.trailers(1, 0));
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(listener.messages).containsExactly(body);
    }

    @Test
    void halfOpenStreamIsResetAfterTrailers() throws Exception {
        peer.send(Wire.settings());
        final GrpcCall call = peer.start(listener);
        peer.frames();
        peer.send(peer.headers(
                1,
                true,
                ":status",
                "200",
                "content-type",
                "application/grpc",
                "grpc-status",
                "5",
                "grpc-message",
                "not%20here%3A%20%E2%82%AC %zz%"));
        final GrpcStatus status = listener.awaitStatus();
        assertThat(status.code()).isEqualTo(GrpcStatusCode.NOT_FOUND);
        assertThat(status.message()).isEqualTo("not here: € %zz%");
        assertThat(peer.frames()).anyMatch(frame -> frame.type() == FrameType.RST_STREAM && frame.intAt(0) == 0);
        assertThat(call.send(RawPeer.message(call, 1))).isFalse();
        assertThat(call.isWritable()).isFalse();
        call.halfClose();
        call.cancel();
        call.request(1);
        assertThat(peer.frames()).isEmpty();
    }

    @Test
    void cancelResetsTheStreamAndLateFramesAreIgnored() throws Exception {
        peer.send(Wire.settings());
        final GrpcCall call = peer.start(listener);
        peer.frames();
        call.cancel();
        assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.CANCELLED);
        peer.send(
                peer.responseHeaders(1),
                Wire.data(1, false, Wire.message((byte) 1)),
                peer.trailers(1, 0),
                Wire.windowUpdate(1, 10),
                Wire.rst(1, 0));
        assertThat(peer.frames())
                .singleElement()
                .matches(frame -> frame.type() == FrameType.RST_STREAM && frame.intAt(0) == Http2ErrorCode.CANCEL);
        assertThat(peer.connection.isClosed()).isFalse();
    }

    @Test
    void deadlineEndsTheCallHereAndOnTheServer() throws Exception {
        peer.send(Wire.settings());
        peer.start(CallOptions.DEFAULT.withDeadlineNs(peer.afterMs(100)), listener);
        peer.passMs(99);
        assertThat(listener.status).isNotDone();
        peer.frames();
        peer.passMs(1);
        final GrpcStatus status = listener.awaitStatus();
        assertThat(status.code()).isEqualTo(GrpcStatusCode.DEADLINE_EXCEEDED);
        assertThat(status.unprocessed()).isFalse();
        assertThat(peer.frames())
                .singleElement()
                .matches(frame -> frame.type() == FrameType.RST_STREAM && frame.intAt(0) == Http2ErrorCode.CANCEL);
    }

    @Test
    void deadlineInThePastSendsNothing() throws Exception {
        peer.send(Wire.settings());
        peer.frames();
        peer.start(CallOptions.DEFAULT.withDeadlineNs(peer.ticker.nanoTime() - 1), listener);
        assertThat(listener.awaitStatus())
                .matches(status -> status.code() == GrpcStatusCode.DEADLINE_EXCEEDED && status.unprocessed());
        assertThat(peer.frames()).isEmpty();
    }

    @Test
    void refusedStreamWasNotProcessed() throws Exception {
        peer.send(Wire.settings());
        peer.start(listener);
        peer.send(Wire.rst(1, Http2ErrorCode.REFUSED_STREAM));
        assertThat(listener.awaitStatus())
                .matches(status -> status.code() == GrpcStatusCode.UNAVAILABLE && status.unprocessed());
    }

    @ParameterizedTest
    @CsvSource({
        "0,INTERNAL",
        "1,INTERNAL",
        "2,INTERNAL",
        "8,CANCELLED",
        "11,RESOURCE_EXHAUSTED",
        "12,PERMISSION_DENIED",
        "-1,INTERNAL"
    })
    void resetCodesBecomeStatusCodes(final int errorCode, final GrpcStatusCode expected) throws Exception {
        peer.send(Wire.settings());
        peer.start(listener);
        peer.send(Wire.rst(1, errorCode));
        assertThat(listener.awaitStatus()).matches(status -> status.code() == expected && !status.unprocessed());
    }

    @ParameterizedTest
    @CsvSource({
        "400,INTERNAL",
        "401,UNAUTHENTICATED",
        "403,PERMISSION_DENIED",
        "404,UNIMPLEMENTED",
        "429,UNAVAILABLE",
        "502,UNAVAILABLE",
        "503,UNAVAILABLE",
        "504,UNAVAILABLE",
        "418,UNKNOWN",
        "200,UNKNOWN"
    })
    void answersThatAreNotGrpcAreMappedAndShown(final int httpStatus, final GrpcStatusCode expected) throws Exception {
        peer.send(Wire.settings());
        peer.start(listener);
        peer.send(
                peer.headers(1, false, ":status", Integer.toString(httpStatus), "content-type", "text/html"),
                Wire.data(1, true, "<h1>Bad Gateway</h1>\n".getBytes(StandardCharsets.UTF_8)));
        final GrpcStatus status = listener.awaitStatus();
        assertThat(status.code()).isEqualTo(expected);
        assertThat(status.message()).contains(Integer.toString(httpStatus), "text/html", "<h1>Bad Gateway</h1>");
        assertThat(listener.messages).isEmpty();
    }

    @Test
    void endlessErrorBodyIsCutAndTheStreamReset() throws Exception {
        peer.send(Wire.settings());
        peer.start(listener);
        peer.frames();
        peer.send(peer.headers(1, false, ":status", "503"), Wire.data(1, false, new byte[600]));
        assertThat(listener.awaitStatus().message()).hasSizeLessThan(700);
        assertThat(peer.frames()).anyMatch(frame -> frame.type() == FrameType.RST_STREAM);
    }

    @ParameterizedTest
    @CsvSource({"'',UNKNOWN", "abc,UNKNOWN", "99,UNKNOWN", "123456789012,UNKNOWN", "16,UNAUTHENTICATED"})
    void oddGrpcStatusValues(final String value, final GrpcStatusCode expected) throws Exception {
        peer.send(Wire.settings());
        peer.start(listener);
        peer.send(peer.responseHeaders(1), peer.headers(1, true, "grpc-status", value));
        assertThat(listener.awaitStatus().code()).isEqualTo(expected);
    }

    @Test
    void missingAndDuplicateGrpcStatusAreUnknown() throws Exception {
        peer.send(Wire.settings());
        peer.start(listener);
        final RecordingListener second = new RecordingListener();
        peer.start(second);
        peer.send(peer.responseHeaders(1), peer.headers(1, true, "x", "y"));
        assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.UNKNOWN);
        peer.send(peer.responseHeaders(3), peer.headers(3, true, "grpc-status", "0", "grpc-status", "0"));
        assertThat(second.awaitStatus().code()).isEqualTo(GrpcStatusCode.UNKNOWN);
    }

    @Test
    void endOfStreamWithoutTrailersOrInsideAMessageIsInternal() throws Exception {
        peer.send(Wire.settings());
        peer.start(listener);
        final RecordingListener second = new RecordingListener();
        peer.start(second);
        peer.send(peer.responseHeaders(1), Wire.data(1, true, Wire.message((byte) 1)));
        assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.INTERNAL);
        peer.send(peer.responseHeaders(3), Wire.data(3, false, (byte) 0, (byte) 0), peer.trailers(3, 0));
        assertThat(second.awaitStatus())
                .matches(status -> status.code() == GrpcStatusCode.INTERNAL
                        && status.message().contains("inside a message"));
    }

    @Test
    void compressedOrTooLongMessagesEndTheCallOnly() throws Exception {
        peer.close();
        peer = RawPeer.ready(options -> options.maxMessageSize(1000));
        peer.start(listener);
        final RecordingListener second = new RecordingListener();
        peer.start(second);
        peer.send(peer.responseHeaders(1), Wire.data(1, false, new byte[] {1, 0, 0, 0, 1, 7}));
        assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.INTERNAL);
        peer.send(peer.responseHeaders(3), Wire.data(3, false, new byte[] {0, -1, -1, -1, -1}));
        assertThat(second.awaitStatus().code()).isEqualTo(GrpcStatusCode.RESOURCE_EXHAUSTED);
        assertThat(peer.connection.isClosed()).isFalse();
    }

    @Test
    void informationalHeadersAreSkipped() throws Exception {
        peer.send(Wire.settings());
        peer.start(listener);
        peer.send(peer.headers(1, false, ":status", "103", "link", "x"), peer.responseHeaders(1), peer.trailers(1, 0));
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(listener.headers.get(1, TimeUnit.SECONDS).isEmpty()).isTrue();
    }

    @Test
    void throwingListenerLosesItsCallAndNothingElse() throws Exception {
        peer.send(Wire.settings());
        final RecordingListener bad = new RecordingListener() {
            @Override
            public void onMessage(final ByteBuf message) {
                throw new IllegalStateException("on purpose");
            }
        };
        peer.start(bad);
        peer.start(listener);
        peer.sendTogether(
                peer.responseHeaders(1),
                Wire.data(1, false, Wire.message((byte) 1)),
                peer.responseHeaders(3),
                Wire.data(3, false, Wire.message((byte) 1)),
                peer.trailers(3, 0));
        assertThat(bad.awaitStatus().cause()).hasMessage("on purpose");
        assertThat(listener.awaitStatus().isOk()).isTrue();
    }

    @Test
    void cancellingWhileMessagesAreDeliveredStopsDelivery() throws Exception {
        peer.send(Wire.settings());
        final GrpcCall[] call = new GrpcCall[1];
        final RecordingListener cancelling = new RecordingListener() {
            @Override
            public void onMessage(final ByteBuf message) {
                super.onMessage(message);
                call[0].cancel();
            }
        };
        call[0] = peer.start(cancelling);
        peer.sendTogether(
                peer.responseHeaders(1),
                Wire.data(1, false, Wire.concat(Wire.message((byte) 1), Wire.message((byte) 2))));
        assertThat(cancelling.messages).hasSize(1);
        assertThat(cancelling.awaitStatus().code()).isEqualTo(GrpcStatusCode.CANCELLED);
    }

    @Test
    void keptMessageOutlivesItsRead() {
        peer.send(Wire.settings());
        final ByteBuf[] kept = new ByteBuf[1];
        final RecordingListener keeping = new RecordingListener() {
            @Override
            public void onMessage(final ByteBuf message) {
                if (kept[0] == null) {
                    kept[0] = message.retain();
                }
            }
        };
        peer.start(keeping);
        peer.send(peer.responseHeaders(1), Wire.data(1, false, Wire.message((byte) 1, (byte) 2)));
        peer.send(Wire.data(1, false, Wire.message((byte) 8, (byte) 8)).clone());
        assertThat(kept[0].readableBytes()).isEqualTo(2);
        kept[0].release();
    }
}
