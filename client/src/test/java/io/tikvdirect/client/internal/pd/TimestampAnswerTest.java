package io.tikvdirect.client.internal.pd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UnknownFieldSet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.proto.pdpb.Error;
import io.tikvdirect.proto.pdpb.ErrorType;
import io.tikvdirect.proto.pdpb.ResponseHeader;
import io.tikvdirect.proto.pdpb.Timestamp;
import io.tikvdirect.proto.pdpb.TsoResponse;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** An answer of PD is read as protobuf-java reads it, whatever its bytes are. */
class TimestampAnswerTest {
    private final TimestampAnswer answer = new TimestampAnswer();

    private static TsoResponse message(Random random) {
        TsoResponse.Builder message = TsoResponse.newBuilder();
        if (random.nextBoolean()) {
            message.setCount(number(random, 32).intValue());
        }
        if (random.nextBoolean()) {
            message.setTimestamp(Timestamp.newBuilder()
                    .setPhysical(number(random, 64))
                    .setLogical(number(random, 64))
                    .setSuffixBits(random.nextInt(4)));
        }
        if (random.nextBoolean()) {
            ResponseHeader.Builder header = ResponseHeader.newBuilder().setClusterId(random.nextLong());
            if (random.nextInt(4) == 0) {
                header.setError(Error.newBuilder()
                        .setType(random.nextBoolean() ? ErrorType.OK : ErrorType.UNKNOWN)
                        .setMessage("not the leader"));
            }
            message.setHeader(header);
        }
        if (random.nextInt(4) == 0) {
            message.setUnknownFields(UnknownFieldSet.newBuilder()
                    .addField(
                            99,
                            UnknownFieldSet.Field.newBuilder()
                                    .addVarint(random.nextLong())
                                    .build())
                    .build());
        }
        return message.build();
    }

    private static Long number(Random random, int bits) {
        long number = random.nextLong() >>> (Long.SIZE - 1 - random.nextInt(bits));
        return random.nextInt(8) == 0 ? -number : number;
    }

    private void assertReadAs(TsoResponse theirs, ByteBuf bytes) {
        answer.read(bytes);
        assertThat(answer.count()).isEqualTo(theirs.getCount());
        assertThat(answer.physical()).isEqualTo(theirs.getTimestamp().getPhysical());
        assertThat(answer.logical()).isEqualTo(theirs.getTimestamp().getLogical());
        assertThat(answer.error(bytes)).isEqualTo(theirs.getHeader().getError());
    }

    @Property(tries = 500)
    void whatPdSaysIsRead(@ForAll long seed) {
        TsoResponse message = message(new Random(seed));
        assertReadAs(message, Unpooled.wrappedBuffer(message.toByteArray()));
    }

    /** Two messages behind each other are one, by the rules of the encoding. */
    @Property(tries = 200)
    void partsThatComeTwiceAreReadAsOne(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        byte[] first = message(random).toByteArray();
        byte[] second = message(random).toByteArray();
        ByteBuf both = Unpooled.wrappedBuffer(first, second).copy();
        assertReadAs(TsoResponse.parseFrom(both.nioBuffer()), both);
        both.release();
    }

    /** What is refused here and accepted there would be a pity; the other way round would be a wrong timestamp. */
    @Property(tries = 2_000)
    void brokenBytesAreRefusedOrReadAlike(@ForAll long seed, @ForAll @Size(max = 3) int[] places) throws Exception {
        byte[] bytes = message(new Random(seed)).toByteArray();
        for (int place : places) {
            if (bytes.length > 0) {
                bytes[Math.floorMod(place, bytes.length)] ^= (byte) (1 << (place & 7));
            }
        }
        assertRefusedOrReadAlike(bytes);
    }

    @Property(tries = 2_000)
    void anyBytesAreRefusedOrReadAlike(@ForAll @Size(max = 40) byte[] bytes) throws Exception {
        assertRefusedOrReadAlike(bytes);
    }

    private void assertRefusedOrReadAlike(byte[] bytes) throws Exception {
        ByteBuf message = Unpooled.wrappedBuffer(bytes);
        try {
            answer.read(message);
            answer.error(message);
        } catch (ProtocolException refused) {
            return;
        }
        assertReadAs(TsoResponse.parseFrom(bytes), message);
    }

    @Test
    void anAnswerThatEndsTooEarlyIsRefused() {
        byte[] whole = TsoResponse.newBuilder()
                .setCount(5)
                .setTimestamp(Timestamp.newBuilder().setPhysical(1L << 40).setLogical(9))
                .build()
                .toByteArray();
        ByteBuf cut = Unpooled.wrappedBuffer(whole, 0, whole.length - 1);
        assertThatThrownBy(() -> answer.read(cut)).isInstanceOf(ProtocolException.class);
    }
}
