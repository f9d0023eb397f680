package io.tikvdirect.codec.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever follows whatever, a head is what the encoder writes of it, and its size what the encoder says. */
class BatchEntryHeadTest {
    private static final byte[][] CONTEXTS = {
        new ContextEncoder().regionId(1).peer(2, 3).encode(),
        new ContextEncoder().regionId(4).peer(5, 6).encode(),
        new ContextEncoder().regionId(7).resourceGroupTag(new byte[300]).encode(),
        {}
    };

    /** Bits of a number choose an entry, so that neighbours are often equal in all or in all but one. */
    private record Entry(int bits) {
        int command() {
            return (bits & 1) == 0 ? BatchCommand.RAW_GET : BatchCommand.RAW_PUT;
        }

        byte[] route() {
            return CONTEXTS[(bits >> 1) & 3];
        }

        byte[] options() {
            return CONTEXTS[(bits >> 3) & 3];
        }

        long maxMs() {
            return (bits >> 5 & 1) == 0 ? 20_000 : 0;
        }

        boolean isRetry() {
            return (bits >> 6 & 1) == 1;
        }

        int bodyLength() {
            return (bits >> 7 & 1) == 0 ? 0 : 200;
        }

        boolean isFollowedByAnotherMessage() {
            return (bits >> 8) == 3;
        }
    }

    @Property(tries = 500)
    void headsAreWhatTheEncoderWrites(
            @ForAll @Size(max = 60) final List<@IntRange(min = 0, max = 1_023) Integer> chosen,
            @ForAll @IntRange(min = 1, max = 4) final int repeats) {
        final BatchEntryHead head = new BatchEntryHead();
        ByteBuf actual = Unpooled.directBuffer(16);
        ByteBuf expected = Unpooled.buffer();
        for (final int bits : chosen) {
            final Entry entry = new Entry(bits);
            for (int i = 0; i < repeats; i++) {
                append(entry, head, actual, expected);
            }
            if (entry.isFollowedByAnotherMessage()) {
                check(actual, expected);
                head.forget();
                actual = Unpooled.directBuffer(16);
                expected = Unpooled.buffer();
            }
        }
        check(actual, expected);
    }

    private static void append(
            final Entry entry, final BatchEntryHead head, final ByteBuf actual, final ByteBuf expected) {
        final int before = expected.writerIndex();
        BatchCommandsEncoder.writeEntryHead(
                expected,
                entry.command(),
                entry.route(),
                entry.options(),
                entry.maxMs(),
                entry.isRetry(),
                entry.bodyLength());
        expected.writeZero(entry.bodyLength());
        head.describe(
                entry.command(), entry.route(), entry.options(), entry.maxMs(), entry.isRetry(), entry.bodyLength());
        head.write(actual);
        actual.writeZero(entry.bodyLength());
        assertThat(head.entrySize()).isEqualTo(expected.writerIndex() - before);
    }

    private static void check(final ByteBuf actual, final ByteBuf expected) {
        assertThat(ByteBufUtil.getBytes(actual)).isEqualTo(ByteBufUtil.getBytes(expected));
        actual.release();
        expected.release();
    }

    @Example
    void anotherArrayWithTheSameBytesIsWrittenAnew() {
        final BatchEntryHead head = new BatchEntryHead();
        final ByteBuf out = Unpooled.buffer();

        head.describe(BatchCommand.RAW_GET, CONTEXTS[0], CONTEXTS[3], 5, false, 0);
        head.write(out);
        head.describe(BatchCommand.RAW_GET, CONTEXTS[0].clone(), CONTEXTS[3], 5, false, 0);
        head.write(out);

        final int half = out.readableBytes() / 2;
        assertThat(ByteBufUtil.getBytes(out, 0, half)).isEqualTo(ByteBufUtil.getBytes(out, half, half));
    }
}
