package io.tikvdirect.codec.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MemcomparableCodecPropertyTest {
    @Property
    void decodingGivesBackWhatWasEncoded(@ForAll("keys") final byte[] key) throws Exception {
        assertThat(MemcomparableCodec.decode(MemcomparableCodec.encode(key))).isEqualTo(key);
    }

    @Property(tries = 3_000)
    void encodingsAreOrderedAsTheirKeysAre(@ForAll("keys") final byte[] a, @ForAll("keys") final byte[] b) {
        final int order = Integer.signum(Arrays.compareUnsigned(a, b));
        assertThat(Integer.signum(Arrays.compareUnsigned(MemcomparableCodec.encode(a), MemcomparableCodec.encode(b))))
                .isEqualTo(order);
    }

    @Property(tries = 3_000)
    void whatDecodesIsTheOnlyEncodingOfItsKey(@ForAll("encodings") final byte[] bytes) {
        final byte[] key;
        try {
            key = MemcomparableCodec.decode(bytes);
        } catch (final MalformedMessageException e) {
            return;
        }
        assertThat(MemcomparableCodec.encode(key)).isEqualTo(bytes);
    }

    /** Few different bytes, so that keys share prefixes and end at group borders. */
    @Provide
    Arbitrary<byte[]> keys() {
        return Arbitraries.of((byte) 0, (byte) 1, (byte) 0x7F, (byte) 0x80, (byte) 0xFF)
                .array(byte[].class)
                .ofMaxSize(20);
    }

    /** Nearly right: groups with plausible markers. */
    @Provide
    Arbitrary<byte[]> encodings() {
        return Arbitraries.of((byte) 0, (byte) 0, (byte) 1, (byte) 0xF7, (byte) 0xFB, (byte) 0xFF)
                .array(byte[].class)
                .ofMaxSize(27)
                .map(bytes -> Arrays.copyOf(bytes, bytes.length / 9 * 9));
    }
}
