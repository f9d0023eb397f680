package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tikvdirect.testing.ByteChunks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes a server sends, in whatever pieces: no unchecked exception, every call ends exactly once, nothing leaks
 * and nothing hangs. The bytes are random, or a legal conversation with random damage, which gets much further.
 */
class ServerBytesFuzzTest {
    private static final int CASES = 200;

    @Test
    void damagedConversations() throws Exception {
        for (int seed = 0; seed < CASES; seed++) {
            final Random random = new Random(seed);
            final byte[] bytes = damage(conversation(random), random);
            drive(bytes, random.nextLong(), "seed " + seed);
        }
    }

    @Test
    void undamagedConversationsEndWellInAllPieces() throws Exception {
        for (int seed = 0; seed < 40; seed++) {
            final TransportException cause = drive(conversation(new Random(seed)), seed, "seed " + seed);
            assertThat(cause.kind()).as("seed %d: %s", seed, cause).isEqualTo(TransportException.Kind.LOCAL_CLOSE);
        }
    }

    @Property(tries = 150)
    void randomBytes(@ForAll final byte[] bytes, @ForAll final long seed) throws Exception {
        drive(Wire.concat(Wire.settings(), bytes), seed, "random bytes");
    }

    @FuzzTest(maxDuration = "1m")
    void anyBytes(final byte[] bytes) throws Exception {
        drive(bytes, bytes.length, "fuzzed");
    }

    /** Three calls of different shapes; then the bytes; then time passes until every deadline is over. */
    private static TransportException drive(final byte[] bytes, final long seed, final String name) throws Exception {
        final RawPeer peer = new RawPeer(options -> options.streamWindow(70_000).maxMessageSize(50_000));
        final List<RecordingListener> calls = new ArrayList<>();
        try (peer) {
            for (int i = 0; i < 3; i++) {
                final RecordingListener listener = new RecordingListener();
                calls.add(listener);
                final CallOptions options = CallOptions.DEFAULT
                        .withDeadlineNs(peer.afterMs(1_000 + i))
                        .withInitialDemand(i == 1 ? 1 : CallOptions.UNLIMITED);
                final GrpcCall call = peer.start(options, listener);
                call.send(RawPeer.message(call, i == 2 ? 100_000 : 10));
                call.flush();
            }
            for (final byte[] chunk : ByteChunks.random(bytes, seed, 1 + (int) (seed & 0x3ff))) {
                peer.send(chunk);
            }
            peer.frames();
            peer.passMs(1_100);
            assertThat(calls).as(name).allMatch(call -> call.closes.get() == 1);
            peer.channel.checkException();
        }
        assertThat(peer.closeCause.kind())
                .as("%s: %s", name, peer.closeCause)
                .isNotIn(TransportException.Kind.INTERNAL);
        return peer.closeCause;
    }

    /** Frames that a legal server might send to the three calls. */
    private static byte[] conversation(final Random random) {
        try (RawPeer encoder = new RawPeer()) {
            final List<byte[]> frames = new ArrayList<>();
            frames.add(Wire.settings(3, 100, 4, random.nextInt(100_000), 5, 16_384 + random.nextInt(50_000)));
            frames.add(encoder.headers(1, false, ":status", "200", "content-type", "application/grpc", "x", "y"));
            frames.add(encoder.headers(5, false, ":status", "200", "content-type", "application/grpc"));
            final int count = random.nextInt(20);
            for (int i = 0; i < count; i++) {
                frames.add(legalFrame(random));
            }
            frames.add(encoder.headers(1, true, "grpc-status", "0", "grpc-message", "fine"));
            frames.add(encoder.headers(3, true, ":status", "503"));
            return Wire.concat(frames.toArray(new byte[0][]));
        }
    }

    private static byte[] legalFrame(final Random random) {
        final int streamId = random.nextBoolean() ? 1 : 5;
        return switch (random.nextInt(8)) {
            case 0 -> Wire.data(streamId, false, Wire.message(new byte[random.nextInt(2_000)]));
            case 1 -> Wire.paddedData(streamId, false, random.nextInt(256), Wire.message(new byte[random.nextInt(50)]));
            case 2 -> Wire.ping(random.nextLong());
            case 3 -> Wire.windowUpdate(0, 1 + random.nextInt(100_000));
            case 4 -> Wire.windowUpdate(5, 1 + random.nextInt(100_000));
            case 5 -> Wire.settings(4, random.nextInt(200_000));
            case 6 -> Wire.frame(2, 0, streamId, new byte[5]);
            default -> Wire.frame(100 + random.nextInt(50), random.nextInt(256), 0, new byte[random.nextInt(30)]);
        };
    }

    private static byte[] damage(final byte[] legal, final Random random) {
        final byte[] bytes = legal.clone();
        final int flips = 1 + random.nextInt(4);
        for (int i = 0; i < flips; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        if (random.nextInt(4) == 0) {
            final int cut = random.nextInt(bytes.length);
            final int end = cut + random.nextInt(bytes.length - cut);
            final byte[] head = java.util.Arrays.copyOf(bytes, cut);
            return Wire.concat(head, java.util.Arrays.copyOfRange(bytes, end, bytes.length));
        }
        return bytes;
    }
}
