package io.tikvdirect.codec.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tikvdirect.codec.key.KeyBounds;
import io.tikvdirect.codec.key.KeyMode;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.key.MemcomparableCodec;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Arrays;

/** Any bytes as an encoded key and as a region's bounds. */
class KeysFuzzTest {
    private static final KeySpace SPACE = KeySpace.v2(KeyMode.RAW, 0xFF00);

    @FuzzTest(maxDuration = "2m")
    void encodings(final byte[] bytes) {
        try {
            assertThat(MemcomparableCodec.encode(MemcomparableCodec.decode(bytes)))
                    .isEqualTo(bytes);
        } catch (final MalformedMessageException e) {
            assertThat(e.reason()).isEqualTo(MalformedMessageException.Reason.INVALID_KEY_ENCODING);
        }
    }

    @FuzzTest(maxDuration = "2m")
    void bounds(final byte[] bytes) {
        final int cut = bytes.length == 0 ? 0 : (bytes[0] & 0xFF) % bytes.length;
        final byte[] start = Arrays.copyOfRange(bytes, 0, cut);
        final byte[] end = Arrays.copyOfRange(bytes, cut, bytes.length);
        try {
            final KeyBounds bounds = SPACE.clip(start, end);
            if (bounds != null) {
                assertThat(Arrays.compareUnsigned(SPACE.regionKey(bounds.start()), start))
                        .as("never before the region or the key space")
                        .isNotNegative();
            }
        } catch (final MalformedMessageException e) {
            assertThat(e.reason()).isEqualTo(MalformedMessageException.Reason.INVALID_KEY_ENCODING);
        }
    }
}
