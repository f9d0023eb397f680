package io.tikvdirect.codec.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.codec.Messages;
import io.tikvdirect.codec.wire.MalformedMessageException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemcomparableCodecTest {
    @ParameterizedTest
    @CsvSource({
        "'',                 0000000000000000 F7",
        "00,                 0000000000000000 F8",
        "010203,             0102030000000000 FA",
        "0102030405060708,   0102030405060708 FF 0000000000000000 F7",
        "010203040506070809, 0102030405060708 FF 0900000000000000 F8",
    })
    void knownEncodings(final String key, final String encoded) throws Exception {
        assertThat(MemcomparableCodec.encode(Messages.hex(key))).isEqualTo(Messages.hex(encoded));
        assertThat(MemcomparableCodec.decode(Messages.hex(encoded))).isEqualTo(Messages.hex(key));
        assertThat(MemcomparableCodec.encodedLength(Messages.hex(key).length)).isEqualTo(Messages.hex(encoded).length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "00000000000000", // no marker
                "0000000000000000F6", // nine bytes of padding
                "0000000000000000FF", // another group must follow
                "0000000000000000 00", // marker far too small
                "0100000000000001FA", // padding that is not zero
                "0102030405060708F7 0000000000000000F7", // ends before its bytes do
                "0000000000000000F7 00", // a byte behind it
            })
    void whatIsNoEncodingIsRefused(final String bytes) {
        assertThatThrownBy(() -> MemcomparableCodec.decode(Messages.hex(bytes)))
                .isInstanceOfSatisfying(MalformedMessageException.class, e -> assertThat(e.reason())
                        .isEqualTo(MalformedMessageException.Reason.INVALID_KEY_ENCODING));
    }
}
