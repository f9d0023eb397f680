package io.tikvdirect.codec.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.codec.Messages;
import io.tikvdirect.codec.wire.MalformedMessageException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseReaderTest {
    private final RawGetResponseReader get = new RawGetResponseReader();
    private final BatchCommandsReader batch = new BatchCommandsReader();

    @Test
    void absentKeyEmptyValueAndValueDiffer() throws Exception {
        wrap("20 01");
        assertThat(get.notFound()).isTrue();
        wrap("");
        assertThat(get.notFound()).isFalse();
        assertThat(get.valueLength()).isZero();
        wrap("1A 01 61");
        assertThat(get.notFound()).isFalse();
        assertThat(get.buffer().toString(get.valueOffset(), get.valueLength(), StandardCharsets.US_ASCII))
                .isEqualTo("a");
    }

    @Test
    void nothingOfTheAnswerBeforeIsLeft() throws Exception {
        wrap("0A 00 12 01 65 1A 01 61 20 01");
        assertThat(get.hasRegionError() && get.hasError() && get.notFound()).isTrue();
        wrap("");
        assertThat(get.hasRegionError() || get.hasError() || get.notFound()).isFalse();
        assertThat(get.valueLength()).isZero();
        assertThat(get.error()).isEmpty();
    }

    @Test
    void lastOccurrenceOfASingularFieldWins() throws Exception {
        wrap("1A 01 61 1A 02 6263 20 01 20 00");
        assertThat(get.valueLength()).isEqualTo(2);
        assertThat(get.notFound()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "value as a number,       18 01,             WRONG_WIRE_TYPE",
        "flag as bytes,           22 00,             WRONG_WIRE_TYPE",
        "region error as a group, 0B 0C,             WRONG_WIRE_TYPE",
        "error as fixed32,        15 00000000,       WRONG_WIRE_TYPE",
        "two region errors,       0A 00 0A 00,       REPEATED_MESSAGE",
        "value past the end,      1A 02 61,          LENGTH_OUT_OF_BOUNDS",
    })
    void malformedAnswersAreRefused(final String what, final String bytes, final Reason reason) {
        assertThat(Messages.read(Messages.hex(bytes), get::wrap)).as(what).isEqualTo(reason);
    }

    @Test
    void pairsBeyondTheBoundAreRefused() throws Exception {
        final RawPairsResponseReader reader = new RawPairsResponseReader(100);
        final byte[] hundred = repeat("12 00", 100);
        reader.wrap(Unpooled.wrappedBuffer(hundred), 0, hundred.length);
        assertThat(reader.pairs().count()).isEqualTo(100);
        assertThat(Messages.read(repeat("12 00", 101), reader::wrap)).isEqualTo(Reason.TOO_MANY_ELEMENTS);
        assertThatThrownBy(() -> reader.pairs().keyOffset(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> reader.pairs().keyOffset(101)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "answer without id,       0A 00,                       INCONSISTENT",
        "id without answer,       12 01 07,                    INCONSISTENT",
        "one id too many,         0A 00 12 02 0708,            INCONSISTENT",
        "a command twice,         0A 04 6A00 6A00 10 07,       REPEATED_MESSAGE",
        "command as a number,     0A 02 6801 10 07,            WRONG_WIRE_TYPE",
        "answers as a number,     08 00 10 07,                 WRONG_WIRE_TYPE",
        "ids as fixed64,          0A 00 11 0000000000000000,   WRONG_WIRE_TYPE",
        "packed ids are cut,      0A 00 12 01 80,              TRUNCATED",
        "two health feedbacks,    22 00 22 00,                 REPEATED_MESSAGE",
    })
    void malformedBatchesAreRefused(final String what, final String bytes, final Reason reason) {
        assertThat(Messages.read(Messages.hex(bytes), batch::wrap)).as(what).isEqualTo(reason);
    }

    @Test
    void idsMayBePackedOrNotAndAnywhere() throws Exception {
        wrapBatch("10 05 0A 02 6A00 12 02 0607 0A 02 7A00 0A 00 18 09");
        assertThat(batch.count()).isEqualTo(3);
        assertThat(new long[] {batch.requestId(0), batch.requestId(1), batch.requestId(2)})
                .containsExactly(5, 6, 7);
        assertThat(batch.command(0)).isEqualTo(BatchCommand.RAW_GET);
        assertThat(batch.command(1)).isEqualTo(BatchCommand.RAW_PUT);
        assertThat(batch.command(2)).isEqualTo(BatchCommand.NONE);
        assertThat(batch.transportLayerLoad()).isEqualTo(9);
        assertThatThrownBy(() -> batch.requestId(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> batch.command(3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void lastOfSeveralCommandsInOneAnswerCountsAndUnknownOnesDoNot() throws Exception {
        wrapBatch("0A 09 6A00 7A01FF DA05 01 61 10 01");
        assertThat(batch.command(0)).isEqualTo(BatchCommand.RAW_PUT);
        assertThat(batch.bodyLength(0)).isEqualTo(1);
    }

    @Test
    void answersBeyondTheBoundAreRefusedWhetherIdsOrResponses() {
        final BatchCommandsReader small = new BatchCommandsReader(3);
        assertThat(Messages.read(repeat("0A 00", 4), small::wrap)).isEqualTo(Reason.TOO_MANY_ELEMENTS);
        assertThat(Messages.read(repeat("10 01", 4), small::wrap)).isEqualTo(Reason.TOO_MANY_ELEMENTS);
        assertThat(Messages.read(repeat("0A 00 10 01", 3), small::wrap)).isNull();
    }

    @Test
    void batchesLargerThanAnyBeforeAreRead() throws Exception {
        final byte[] many = repeat("0A 02 6A00 10 01", 5_000);
        batch.wrap(Unpooled.wrappedBuffer(many), 0, many.length);
        assertThat(batch.count()).isEqualTo(5_000);
        assertThat(batch.command(4_999)).isEqualTo(BatchCommand.RAW_GET);
        assertThat(batch.requestId(4_999)).isEqualTo(1);
    }

    private void wrap(final String hex) throws Exception {
        final ByteBuf buffer = Unpooled.wrappedBuffer(Messages.hex(hex));
        get.wrap(buffer, 0, buffer.readableBytes());
    }

    private void wrapBatch(final String hex) throws Exception {
        final ByteBuf buffer = Unpooled.wrappedBuffer(Messages.hex(hex));
        batch.wrap(buffer, 0, buffer.readableBytes());
    }

    private static byte[] repeat(final String hex, final int times) {
        final byte[] once = Messages.hex(hex);
        final byte[] all = new byte[once.length * times];
        for (int i = 0; i < all.length; i++) {
            all[i] = once[i % once.length];
        }
        return Arrays.copyOf(all, all.length);
    }
}
