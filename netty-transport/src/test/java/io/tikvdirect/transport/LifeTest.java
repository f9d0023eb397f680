package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.transport.internal.http2.FrameType;
import io.tikvdirect.transport.internal.http2.Http2ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** GOAWAY, keepalive, limits on streams, windows that stall, closing. */
class LifeTest {
    private RawPeer peer = RawPeer.ready();

    @AfterEach
    void close() {
        peer.close();
    }

    private List<RecordingListener> start(final int calls) {
        final List<RecordingListener> listeners = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            final RecordingListener listener = new RecordingListener();
            listeners.add(listener);
            peer.start(listener);
        }
        return listeners;
    }

    // ---- GOAWAY ----

    @Test
    void goAwayFailsWhatIsAboveAndLetsTheRestFinish() throws Exception {
        final List<RecordingListener> calls = start(3);
        peer.send(Wire.goAway(3, 0, "bye"));
        assertThat(peer.life).containsExactly("ready", "draining");
        assertThat(calls.get(2).awaitStatus())
                .matches(status -> status.unprocessed() && status.code() == GrpcStatusCode.UNAVAILABLE);
        assertThat(calls.get(0).status).isNotDone();

        final RecordingListener late = new RecordingListener();
        peer.start(late);
        assertThat(late.awaitStatus().unprocessed()).isTrue();

        peer.send(peer.responseHeaders(1), peer.trailers(1, 0));
        assertThat(calls.get(0).awaitStatus().isOk()).isTrue();
        assertThat(peer.connection.isClosed()).isFalse();
        peer.send(peer.responseHeaders(3), peer.trailers(3, 0));
        assertThat(calls.get(1).awaitStatus().isOk()).isTrue();
        assertThat(peer.connection.isClosed()).isTrue();
        assertThat(peer.closeCause.kind()).isEqualTo(TransportException.Kind.GOAWAY);
    }

    @Test
    void secondGoAwayShrinks() throws Exception {
        final List<RecordingListener> calls = start(3);
        peer.send(Wire.goAway(Integer.MAX_VALUE, 0, ""));
        assertThat(calls).noneMatch(call -> call.status.isDone());
        peer.send(Wire.goAway(1, 0, ""));
        assertThat(calls.get(1).awaitStatus().unprocessed()).isTrue();
        assertThat(calls.get(2).awaitStatus().unprocessed()).isTrue();
        assertThat(calls.get(0).status).isNotDone();
        assertThat(peer.life).containsExactly("ready", "draining");
    }

    @Test
    void goAwayZeroEndsEverythingUnprocessedAndTheConnection() throws Exception {
        final List<RecordingListener> calls = start(2);
        peer.send(Wire.goAway(0, Http2ErrorCode.INTERNAL_ERROR, "crash"));
        assertThat(calls.get(0).awaitStatus().unprocessed()).isTrue();
        assertThat(calls.get(1).awaitStatus().unprocessed()).isTrue();
        assertThat(peer.closeCause).hasMessageContaining("INTERNAL_ERROR").hasMessageContaining("crash");
    }

    @Test
    void goAwayThenSilenceIsFoundByKeepAlive() throws Exception {
        final List<RecordingListener> calls = start(1);
        peer.send(Wire.goAway(1, 0, ""));
        peer.passMs(10_000);
        peer.passMs(3_000);
        assertThat(calls.get(0).awaitStatus().code()).isEqualTo(GrpcStatusCode.UNAVAILABLE);
        assertThat(peer.closeCause.kind()).isEqualTo(TransportException.Kind.KEEPALIVE_TIMEOUT);
    }

    @Test
    void tooManyPingsDoublesTheKeepAliveTimeOfTheNextConnection() {
        assertThat(peer.connection.nextKeepAliveTime()).isEqualTo(Duration.ofSeconds(10));
        peer.send(Wire.goAway(0, Http2ErrorCode.ENHANCE_YOUR_CALM, "too_many_pings"));
        assertThat(peer.connection.nextKeepAliveTime()).isEqualTo(Duration.ofSeconds(20));
    }

    @Test
    void endOfTheChannelEndsAllCallsOnce() throws Exception {
        final List<RecordingListener> calls = start(3);
        peer.channel.close();
        for (final RecordingListener call : calls) {
            assertThat(call.awaitStatus())
                    .matches(status -> status.code() == GrpcStatusCode.UNAVAILABLE && !status.unprocessed());
        }
        assertThat(peer.closeCause.kind()).isEqualTo(TransportException.Kind.PEER_CLOSED);
    }

    // ---- keepalive ----

    @Test
    void silentPeerIsPingedAndGivenUp() throws Exception {
        final List<RecordingListener> calls = start(1);
        peer.frames();
        peer.passMs(9_999);
        assertThat(peer.frames()).isEmpty();
        peer.passMs(1);
        assertThat(peer.frames()).singleElement().matches(frame -> frame.is(FrameType.PING, 0));
        peer.passMs(2_999);
        assertThat(calls.get(0).status).isNotDone();
        peer.passMs(1);
        assertThat(calls.get(0).awaitStatus().message()).contains("13000 ms");
    }

    @Test
    void anyByteCountsAsLife() {
        start(1);
        peer.frames();
        peer.passMs(6_000);
        peer.send(Wire.settings());
        peer.frames();
        peer.passMs(9_999);
        assertThat(peer.frames()).isEmpty();
        peer.passMs(1);
        assertThat(peer.frames()).singleElement().matches(frame -> frame.is(FrameType.PING, 0));
        peer.send(new byte[] {0});
        peer.passMs(3_000);
        assertThat(peer.connection.isClosed()).isFalse();
        peer.passMs(7_000);
        assertThat(peer.frames()).as("pinged again").isNotEmpty();
    }

    @Test
    void withoutCallsNobodyIsPinged() {
        start(1).get(0);
        peer.send(peer.responseHeaders(1), peer.trailers(1, 0));
        peer.frames();
        peer.passMs(1_000_000);
        assertThat(peer.frames()).isEmpty();
        start(1);
        peer.frames();
        peer.passMs(9_999);
        assertThat(peer.frames()).isEmpty();
        peer.passMs(1);
        assertThat(peer.frames()).hasSize(1);
    }

    @Test
    void pingIsAnsweredWithItsPayload() {
        peer.send(Wire.ping(0x0102030405060708L));
        assertThat(peer.frames())
                .singleElement()
                .matches(frame ->
                        frame.is(FrameType.PING, 1) && frame.intAt(0) == 0x01020304 && frame.intAt(4) == 0x05060708);
    }

    // ---- MAX_CONCURRENT_STREAMS ----

    @Test
    void callsBeyondTheLimitWaitTheirTurn() throws Exception {
        peer.send(Wire.settings(3, 2));
        final List<RecordingListener> calls = start(4);
        final GrpcCall fifth = peer.start(new RecordingListener());
        fifth.send(RawPeer.message(fifth, 3));
        assertThat(peer.frames())
                .filteredOn(frame -> frame.type() == FrameType.HEADERS)
                .hasSize(2);
        assertThat(fifth.pendingBytes()).isEqualTo(8);
        peer.send(peer.responseHeaders(1), peer.trailers(1, 0));
        assertThat(calls.get(0).awaitStatus().isOk()).isTrue();
        assertThat(peer.frames()).anyMatch(frame -> frame.type() == FrameType.HEADERS && frame.streamId() == 5);
        peer.send(Wire.settings(3, 10));
        assertThat(peer.frames())
                .filteredOn(frame -> frame.type() == FrameType.HEADERS)
                .hasSize(2);
        assertThat(fifth.pendingBytes()).isZero();
    }

    @Test
    void waitingCallEndsAtItsDeadlineAndInAFullQueueAtOnce() throws Exception {
        peer.close();
        peer = RawPeer.ready(options -> options.maxWaitingCalls(1));
        peer.send(Wire.settings(3, 0));
        final RecordingListener waiting = new RecordingListener();
        peer.start(CallOptions.DEFAULT.withDeadlineNs(peer.afterMs(50)), waiting);
        final RecordingListener rejected = new RecordingListener();
        peer.start(rejected);
        assertThat(rejected.awaitStatus())
                .matches(status -> status.code() == GrpcStatusCode.RESOURCE_EXHAUSTED && status.unprocessed());
        peer.passMs(50);
        assertThat(waiting.awaitStatus())
                .matches(status -> status.code() == GrpcStatusCode.DEADLINE_EXCEEDED && status.unprocessed());
    }

    @Test
    void usedUpStreamIdsDrainTheConnection() throws Exception {
        peer.close();
        peer = RawPeer.ready(options -> options.firstStreamId(Integer.MAX_VALUE - 2));
        final List<RecordingListener> calls = start(3);
        assertThat(peer.life).containsExactly("ready", "draining");
        assertThat(calls.get(2).awaitStatus().unprocessed()).isTrue();
        peer.send(peer.responseHeaders(Integer.MAX_VALUE), peer.trailers(Integer.MAX_VALUE, 0));
        assertThat(calls.get(1).awaitStatus().isOk()).isTrue();
        peer.send(peer.responseHeaders(Integer.MAX_VALUE - 2), peer.trailers(Integer.MAX_VALUE - 2, 0));
        assertThat(calls.get(0).awaitStatus().isOk()).isTrue();
        assertThat(peer.connection.isClosed()).isTrue();
    }

    @Test
    void metadataAboveThePeersLimitFailsTheCallOnly() throws Exception {
        peer.send(Wire.settings(6, 100));
        final List<RecordingListener> calls = start(1);
        assertThat(calls.get(0).awaitStatus())
                .matches(status -> status.code() == GrpcStatusCode.RESOURCE_EXHAUSTED && status.unprocessed());
        assertThat(peer.connection.isClosed()).isFalse();
    }

    @Test
    void headersAboveThePeersFrameSizeContinue() {
        final Metadata metadata =
                Metadata.builder().put("x-long", "\u007e".repeat(20_000)).build();
        peer.frames();
        peer.start(CallOptions.DEFAULT.withMetadata(metadata), new RecordingListener());
        assertThat(peer.frames())
                .extracting(frame -> frame.type() + ":" + frame.flags())
                .containsExactly("1:0", "9:4");
    }

    // ---- sending against windows ----

    @Test
    void messageIsCutAtThePeersFrameSizeAndItsChange() {
        final GrpcCall call = peer.start(new RecordingListener());
        peer.frames();
        call.send(RawPeer.message(call, 40_000));
        call.flush();
        assertThat(peer.frames()).extracting(frame -> frame.payload().length).containsExactly(16_384, 16_384, 7_237);
        peer.send(Wire.settings(5, 100_000), Wire.windowUpdate(0, 1 << 20), Wire.windowUpdate(1, 1 << 20));
        peer.frames();
        call.send(RawPeer.message(call, 40_000));
        call.flush();
        assertThat(peer.frames()).extracting(frame -> frame.payload().length).containsExactly(40_005);
    }

    @Test
    void stalledWindowHoldsBackAndGoesOnWithCredit() {
        final RecordingListener listener = new RecordingListener();
        final GrpcCall call = peer.start(listener);
        peer.frames();
        call.send(RawPeer.message(call, 100_000));
        call.halfClose();
        call.flush();
        assertThat(sum(peer.frames())).isEqualTo(65_535);
        assertThat(call.pendingBytes()).isEqualTo(100_005 - 65_535);
        peer.send(Wire.windowUpdate(1, 1_000_000));
        assertThat(peer.frames()).as("the connection's window is still closed").isEmpty();
        peer.send(Wire.windowUpdate(0, 1_000_000));
        final List<Wire.Frame> rest = peer.frames();
        assertThat(sum(rest)).isEqualTo(100_005 - 65_535);
        assertThat(rest.get(rest.size() - 1).flags()).isEqualTo(1);
        assertThat(call.pendingBytes()).isZero();
    }

    private static int sum(final List<Wire.Frame> frames) {
        return frames.stream().mapToInt(frame -> frame.payload().length).sum();
    }

    @Test
    void loweredInitialWindowMakesTheWindowNegative() {
        final GrpcCall call = peer.start(new RecordingListener());
        peer.frames();
        call.send(RawPeer.message(call, 30_000));
        call.flush();
        peer.frames();
        peer.send(Wire.settings(4, 10_000));
        peer.frames();
        call.send(RawPeer.message(call, 2_000));
        call.flush();
        assertThat(peer.frames()).isEmpty();
        peer.send(Wire.windowUpdate(1, 20_005));
        assertThat(peer.frames()).as("window is 0 now").isEmpty();
        peer.send(Wire.settings(4, 12_005));
        assertThat(sum(peer.frames())).isEqualTo(2_005);
    }

    @Test
    void oneByteWindowsGetNoOneByteFramesInASpin() {
        peer.send(Wire.settings(4, 1));
        final GrpcCall call = peer.start(new RecordingListener());
        peer.frames();
        call.send(RawPeer.message(call, 10_000));
        call.flush();
        assertThat(peer.frames()).isEmpty();
        for (int i = 0; i < 500; i++) {
            peer.send(Wire.windowUpdate(1, 1));
        }
        assertThat(peer.frames()).isEmpty();
        peer.passMs(200);
        assertThat(peer.frames()).extracting(frame -> frame.payload().length).containsExactly(501);
        peer.send(Wire.windowUpdate(1, 2_000));
        assertThat(peer.frames()).extracting(frame -> frame.payload().length).containsExactly(2_000);
    }

    @Test
    void blockedCallsShareTheConnectionsWindow() {
        final GrpcCall first = peer.start(new RecordingListener());
        final GrpcCall second = peer.start(new RecordingListener());
        peer.send(Wire.windowUpdate(1, 10 << 20), Wire.windowUpdate(3, 10 << 20));
        first.send(RawPeer.message(first, 1 << 20));
        second.send(RawPeer.message(second, 1 << 20));
        first.flush();
        peer.frames();
        peer.send(Wire.windowUpdate(0, 300_000));
        final List<Wire.Frame> frames = peer.frames();
        final int ofFirst =
                sum(frames.stream().filter(frame -> frame.streamId() == 1).toList());
        assertThat(sum(frames)).isEqualTo(300_000);
        assertThat(ofFirst).isBetween(100_000, 200_000);
    }

    @Test
    void sendingFarBeyondTheWindowIsBounded() throws Exception {
        peer.close();
        peer = RawPeer.ready(options -> options.maxPendingBytesPerCall(200_000).writeHighWaterMark(100_000));
        final RecordingListener listener = new RecordingListener();
        final GrpcCall call = peer.start(listener);
        call.send(RawPeer.message(call, 65_530));
        assertThat(call.isWritable()).isTrue();
        call.send(RawPeer.message(call, 150_000));
        assertThat(call.isWritable()).isFalse();
        peer.send(Wire.windowUpdate(0, 1 << 20));
        assertThat(listener.writables).hasValue(0);
        peer.send(Wire.windowUpdate(1, 110_000));
        assertThat(listener.writables).hasValue(1);
        assertThat(call.send(RawPeer.message(call, 500_000))).isFalse();
        assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.RESOURCE_EXHAUSTED);
        assertThat(peer.frames()).anyMatch(frame -> frame.type() == FrameType.RST_STREAM);
    }

    @Test
    void cancelWhileBytesWaitGivesThemUp() {
        final GrpcCall call = peer.start(new RecordingListener());
        call.send(RawPeer.message(call, 1 << 20));
        call.flush();
        peer.frames();
        call.cancel();
        peer.send(Wire.windowUpdate(0, 1 << 20));
        assertThat(peer.frames()).extracting(Wire.Frame::type).containsExactly(FrameType.RST_STREAM);
    }

    // ---- receiving against demand ----

    @Test
    void creditComesBackAtHalfWindowsOnly() {
        peer.close();
        peer = RawPeer.ready(options -> options.streamWindow(10_000).connectionWindow(100_000));
        peer.start(new RecordingListener());
        peer.frames();
        peer.send(peer.responseHeaders(1), Wire.data(1, false, Wire.message(new byte[4_990])));
        assertThat(peer.frames()).isEmpty();
        peer.send(Wire.paddedData(1, false, 3, Wire.message()));
        assertThat(peer.frames())
                .singleElement()
                .matches(frame ->
                        frame.type() == FrameType.WINDOW_UPDATE && frame.streamId() == 1 && frame.intAt(0) == 5_000);
        for (int i = 0; i < 9; i++) {
            peer.send(Wire.data(1, false, Wire.message(new byte[4_995])));
        }
        assertThat(peer.frames())
                .anyMatch(frame ->
                        frame.type() == FrameType.WINDOW_UPDATE && frame.streamId() == 0 && frame.intAt(0) >= 50_000);
    }

    @Test
    void messagesAreDeliveredAsRequestedAndCreditFollows() throws Exception {
        peer.close();
        peer = RawPeer.ready(options -> options.streamWindow(10_000));
        final RecordingListener listener = new RecordingListener();
        final GrpcCall call = peer.start(CallOptions.DEFAULT.withInitialDemand(1), listener);
        peer.frames();
        final byte[] message = Wire.message(new byte[1_995]);
        peer.send(peer.responseHeaders(1), Wire.data(1, false, Wire.repeat(message, 5)));
        assertThat(listener.messages).hasSize(1);
        assertThat(peer.frames()).isEmpty();
        call.request(1);
        assertThat(listener.messages).hasSize(2);
        assertThat(peer.frames()).isEmpty();
        call.request(1);
        assertThat(peer.frames()).singleElement().matches(frame -> frame.streamId() == 1 && frame.intAt(0) == 6_000);
        peer.send(peer.trailers(1, 0));
        assertThat(listener.status).as("two messages were not asked for yet").isNotDone();
        call.request(CallOptions.UNLIMITED);
        assertThat(listener.messages).hasSize(5);
        assertThat(listener.awaitStatus().isOk()).isTrue();
    }

    @Test
    void messageLargerThanTheWindowPassesWithDemand() throws Exception {
        peer.close();
        peer = RawPeer.ready(options -> options.streamWindow(1_000));
        final RecordingListener listener = new RecordingListener();
        peer.start(CallOptions.DEFAULT.withInitialDemand(1), listener);
        peer.frames();
        peer.send(peer.responseHeaders(1));
        final byte[] message = Wire.message(new byte[10_000]);
        int sent = 0;
        int credit = 1_000;
        while (sent < message.length) {
            final int length = Math.min(credit, message.length - sent);
            assertThat(length).as("stuck").isPositive();
            peer.send(Wire.data(1, false, java.util.Arrays.copyOfRange(message, sent, sent + length)));
            sent += length;
            credit -= length;
            for (final Wire.Frame frame : peer.frames()) {
                credit += frame.streamId() == 1 ? frame.intAt(0) : 0;
            }
        }
        peer.send(peer.trailers(1, 0));
        assertThat(listener.awaitStatus().isOk()).isTrue();
        assertThat(listener.messages).hasSize(1);
    }

    @Test
    void requestInsideOnMessageDeliversTheNext() throws Exception {
        final GrpcCall[] call = new GrpcCall[1];
        final RecordingListener listener = new RecordingListener() {
            @Override
            public void onMessage(final ByteBuf message) {
                super.onMessage(message);
                call[0].request(1);
            }
        };
        call[0] = peer.start(CallOptions.DEFAULT.withInitialDemand(0), listener);
        peer.sendTogether(
                peer.responseHeaders(1),
                Wire.data(1, false, Wire.repeat(Wire.message((byte) 1), 1_000)),
                peer.trailers(1, 0));
        assertThat(listener.messages).isEmpty();
        call[0].request(1);
        assertThat(listener.messages).hasSize(1_000);
        assertThat(listener.awaitStatus().isOk()).isTrue();
    }

    @Test
    void unreadMessagesAreNotReportedAsSuccessWhenTheConnectionEnds() throws Exception {
        final RecordingListener listener = new RecordingListener();
        peer.start(CallOptions.DEFAULT.withInitialDemand(0), listener);
        peer.send(peer.responseHeaders(1), Wire.data(1, false, Wire.message((byte) 1)), peer.trailers(1, 0));
        peer.connection.closeNow("enough");
        assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.UNAVAILABLE);
    }

    @Test
    void abandonedCallGivesItsCreditBackToTheConnection() {
        peer.close();
        peer = RawPeer.ready(options -> options.connectionWindow(65_535));
        final GrpcCall call = peer.start(CallOptions.DEFAULT.withInitialDemand(0), new RecordingListener());
        peer.send(peer.responseHeaders(1), Wire.data(1, false, new byte[40_000]));
        peer.frames();
        call.cancel();
        assertThat(peer.frames())
                .anyMatch(frame ->
                        frame.type() == FrameType.WINDOW_UPDATE && frame.streamId() == 0 && frame.intAt(0) == 40_000);
    }

    // ---- closing ----

    @Test
    void gracefulCloseWaitsForTheLastCall() throws Exception {
        final List<RecordingListener> calls = start(1);
        peer.connection.closeGracefully();
        peer.connection.closeGracefully();
        assertThat(peer.life).containsExactly("ready", "draining");
        peer.send(peer.responseHeaders(1), peer.trailers(1, 0));
        assertThat(calls.get(0).awaitStatus().isOk()).isTrue();
        assertThat(peer.life).containsExactly("ready", "draining", "closed");
        assertThat(peer.goAwayCode()).isZero();
    }

    @Test
    void closeInsideCallbacksIsSafe() throws Exception {
        final RecordingListener other = new RecordingListener();
        final RecordingListener closing = new RecordingListener() {
            @Override
            public void onMessage(final ByteBuf message) {
                super.onMessage(message);
                peer.connection.closeNow("from a callback");
                peer.connection.closeNow("twice");
            }
        };
        peer.start(closing);
        peer.start(other);
        peer.sendTogether(
                peer.responseHeaders(1),
                Wire.data(1, false, Wire.repeat(Wire.message((byte) 1), 3)),
                Wire.data(3, false, (byte) 1));
        assertThat(closing.messages).hasSize(1);
        assertThat(closing.awaitStatus().message()).contains("from a callback");
        assertThat(other.awaitStatus().message()).contains("from a callback");
    }

    @Test
    void startOnAClosedConnectionEndsUnprocessed() throws Exception {
        peer.connection.closeNow("gone");
        final RecordingListener listener = new RecordingListener();
        final GrpcCall call = peer.start(listener);
        assertThat(call.send(call.newMessage(1).writeByte(1))).isFalse();
        assertThat(listener.awaitStatus()).matches(status -> status.unprocessed() && status.cause() == peer.closeCause);
    }
}
