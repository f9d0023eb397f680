package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.transport.internal.http2.FrameType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A script that has everything a connection allocates for is played again and again, and each time direct memory ends one
 * buffer later, until all of it goes through.
 */
class MemoryShortageTest {
    private static final int MOST_BUFFERS = 500;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void whereverDirectMemoryEndsEveryCallEndsOnceAndNothingStaysAllocated(final Compression compression) {
        int buffers = 0;
        while (play(compression, buffers) > 0) {
            buffers++;
            assertThat(buffers).isLessThan(MOST_BUFFERS);
        }
        assertThat(buffers).as("buffers that the script needs").isGreaterThan(10);
    }

    /** How many buffers could not be had. */
    private static int play(final Compression compression, final int buffers) {
        final ScarceMemory memory = new ScarceMemory();
        memory.endAfter(buffers);
        final List<RecordingListener> started = new ArrayList<>();
        try (RawPeer peer = new RawPeer(options -> options.compression(compression), memory)) {
            final CallOptions options = CallOptions.DEFAULT.withGzip(compression == Compression.GZIP);
            serverSends(peer, Wire.settings());
            final GrpcCall call = start(peer, options, started);
            sendInAllWays(call);
            serverSends(peer, Wire.frame(FrameType.PING, 0, 0, new byte[8]));
            serverSends(peer, Wire.concat(Wire.windowUpdate(0, 1 << 20), Wire.windowUpdate(1, 1 << 20)));
            answer(peer);
            final GrpcCall abandoned = start(peer, options, started);
            send(abandoned, 10);
            abandoned.cancel();
            start(peer, options, started).halfClose();
            peer.frames();
            memory.recover();
        }
        assertThat(started).allSatisfy(listener -> assertThat(listener.closes).hasValue(1));
        assertThat(memory.used()).as("left of " + buffers + " buffers").isZero();
        return memory.refused();
    }

    private static GrpcCall start(
            final RawPeer peer, final CallOptions options, final List<RecordingListener> started) {
        final RecordingListener listener = new RecordingListener();
        started.add(listener);
        return peer.start(options, listener);
    }

    private static void sendInAllWays(final GrpcCall call) {
        send(call, 100);
        call.send(Unpooled.directBuffer().writeBytes(new byte[10]).asReadOnly());
        call.sendParts(new ByteBuf[] {part(10), part(10)}, 2);
        send(call, 50_000);
        send(call, 50_000); // does not fit the window: waits, and goes in pieces
        call.send(part(30_000).asReadOnly());
        call.sendParts(new ByteBuf[] {part(20), part(20)}, 2);
        call.flush();
    }

    private static ByteBuf part(final int length) {
        return Unpooled.directBuffer().writeBytes(new byte[length]);
    }

    private static void send(final GrpcCall call, final int length) {
        final ByteBuf message;
        try {
            message = call.newMessage(length);
        } catch (OutOfMemoryError told) {
            return;
        }
        call.send(message.writeBytes(new byte[length]));
    }

    private static void serverSends(final RawPeer peer, final byte[] bytes) {
        if (peer.channel.isActive()) {
            peer.channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        }
        peer.channel.runPendingTasks();
    }

    /** A message that comes in two reads has to be put together. */
    private static void answer(final RawPeer peer) {
        final byte[] message = Wire.message(new byte[1_000]);
        final byte[] data = Wire.data(1, false, message);
        serverSends(peer, peer.responseHeaders(1));
        serverSends(peer, Arrays.copyOf(data, 500));
        serverSends(peer, Arrays.copyOfRange(data, 500, data.length));
        serverSends(peer, peer.trailers(1, 0));
    }

    @Test
    void aConnectionThatHadNoMemoryTellsWhy() throws Exception {
        final ScarceMemory memory = new ScarceMemory();
        final RecordingListener listener = new RecordingListener();
        try (RawPeer peer = new RawPeer(options -> options, memory)) {
            serverSends(peer, Wire.settings());
            memory.endAfter(0);
            peer.start(listener);
            assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.UNAVAILABLE);
            assertThat(peer.closeCause.kind()).isEqualTo(TransportException.Kind.INTERNAL);
            assertThat(peer.closeCause).hasMessageContaining("made scarce");
            memory.recover();
        }
        assertThat(memory.used()).isZero();
    }

    @Test
    void aKeepAlivePingWithoutMemoryEndsTheConnectionRatherThanTheWatching() throws Exception {
        final ScarceMemory memory = new ScarceMemory();
        final RecordingListener listener = new RecordingListener();
        try (RawPeer peer = new RawPeer(options -> options, memory)) {
            serverSends(peer, Wire.settings());
            peer.start(listener);
            memory.endAfter(0);
            peer.passMs(3_600_000);
            assertThat(listener.awaitStatus().code()).isEqualTo(GrpcStatusCode.UNAVAILABLE);
            memory.recover();
        }
        assertThat(memory.used()).isZero();
    }
}
