package io.tikvdirect.codec.key;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.codec.Messages;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class KeySpaceTest {
    private static final byte[] NONE = {};

    @Test
    void v1AndV1TtlSendTheSameVersionNumber() {
        // A store with TTL refuses the number of V1TTL
        assertThat(KeySpace.v1().apiVersion()).isZero();
        assertThat(KeySpace.v1Ttl().apiVersion()).isZero();
        assertThat(KeySpace.v1Txn().apiVersion()).isZero();
        assertThat(KeySpace.v2(KeyMode.RAW, 0).apiVersion()).isEqualTo(2);
        assertThat(KeySpace.v1().keyspaceId()).isEqualTo(KeySpace.NO_KEYSPACE);
        assertThat(KeySpace.v2(KeyMode.RAW, 9).keyspaceId()).isEqualTo(9);
    }

    @Test
    void prefixIsModeAndThreeBytesOfKeyspaceId() {
        assertThat(KeySpace.v2(KeyMode.RAW, 0x010203).prefix()).isEqualTo(Messages.hex("72010203"));
        assertThat(KeySpace.v2(KeyMode.RAW, 0x010203).end()).isEqualTo(Messages.hex("72010204"));
        assertThat(KeySpace.v2(KeyMode.TXN, 0xFF).end()).isEqualTo(Messages.hex("78000100"));
        assertThat(KeySpace.v2(KeyMode.TXN, KeySpace.MAX_KEYSPACE_ID).end()).isEqualTo(Messages.hex("79000000"));
    }

    @Test
    void keyspaceIdsHave24Bits() {
        assertThatThrownBy(() -> KeySpace.v2(KeyMode.RAW, 1 << 24)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> KeySpace.v2(KeyMode.RAW, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Recorded from a real PD with API V2: the bound between two regions, and the store key it stands for. */
    @Test
    void regionBoundOfARealPd() throws Exception {
        final KeySpace space = KeySpace.v2(KeyMode.RAW, 0);
        final byte[] bound = Base64.getDecoder().decode("cgAAAHZlYzD/MTBfX2gAAAD8");
        final byte[] userKey = "vec010__h".getBytes(ISO_8859_1);

        assertThat(space.regionKey(userKey)).isEqualTo(bound);
        final KeyBounds before = space.clip(NONE, bound);
        assertThat(before.start()).isEmpty();
        assertThat(before.end()).isEqualTo(userKey);
    }

    @Test
    void regionsOfOthersHaveNoOverlap() throws Exception {
        final KeySpace space = KeySpace.v2(KeyMode.RAW, 1);
        final byte[] first = space.regionKey(NONE);
        final byte[] end = space.regionRangeEnd(NONE);
        assertThat(space.clip(NONE, first)).isNull();
        assertThat(space.clip(end, NONE)).isNull();
        assertThat(space.clip(KeySpace.v2(KeyMode.TXN, 1).regionKey(NONE), NONE))
                .isNull();

        final KeyBounds whole = space.clip(NONE, NONE);
        assertThat(whole.start()).isEmpty();
        assertThat(whole.end()).isEmpty();
        final KeyBounds exact = space.clip(first, end);
        assertThat(exact.start()).isEmpty();
        assertThat(exact.end()).isEmpty();
    }

    @Test
    void boundBetweenTheLastKeyAndTheEndIsBehindAllKeys() throws Exception {
        final KeySpace space = KeySpace.v2(KeyMode.RAW, 0xFFFF);
        final byte[] between = MemcomparableCodec.encode(Messages.hex("7201"));
        assertThat(space.clip(between, NONE)).isNull();
        assertThat(space.clip(NONE, between).end()).isEmpty();
    }

    @Test
    void boundsOutsideNeedNotBeEncodedButBoundsWithinMust() throws Exception {
        final KeySpace space = KeySpace.v2(KeyMode.RAW, 1);
        assertThat(space.clip("a".getBytes(ISO_8859_1), "z".getBytes(ISO_8859_1)))
                .isNotNull();
        assertThatThrownBy(() -> space.clip(Messages.hex("7200000161"), NONE))
                .isInstanceOfSatisfying(MalformedMessageException.class, e -> assertThat(e.reason())
                        .isEqualTo(MalformedMessageException.Reason.INVALID_KEY_ENCODING));
        assertThatThrownBy(() -> KeySpace.v1Txn().clip("a".getBytes(ISO_8859_1), NONE))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void wholeKeySpaceOfV1HasNoBounds() {
        for (final KeySpace space : new KeySpace[] {KeySpace.v1(), KeySpace.v1Ttl(), KeySpace.v1Txn()}) {
            assertThat(space.regionKey(NONE)).isEmpty();
            assertThat(space.regionRangeEnd(NONE)).isEmpty();
            assertThat(space.storeRangeEnd(NONE)).isEmpty();
        }
    }
}
