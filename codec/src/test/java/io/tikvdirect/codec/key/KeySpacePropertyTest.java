package io.tikvdirect.codec.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class KeySpacePropertyTest {
    @Property(tries = 300)
    void keysGoThereAndBack(@ForAll("spaces") final KeySpace space, @ForAll("keys") final byte[] key) throws Exception {
        assertThat(space.userKey(space.storeKey(key))).isEqualTo(key);
        if (key.length != 0) {
            assertThat(space.userKeyOfRegionKey(space.regionKey(key))).isEqualTo(key);
        }
        final byte[] storeKey = space.storeKey(key);
        final ByteBuf buffer = Unpooled.buffer().writeZero(3).writeBytes(storeKey);
        assertThat(space.userKeyOffset(buffer, 3, storeKey.length)).isEqualTo(3 + storeKey.length - key.length);
    }

    @Property(tries = 300)
    void orderIsKept(
            @ForAll("spaces") final KeySpace space, @ForAll("keys") final byte[] a, @ForAll("keys") final byte[] b) {
        final int order = Integer.signum(Arrays.compareUnsigned(a, b));
        assertThat(Integer.signum(Arrays.compareUnsigned(space.storeKey(a), space.storeKey(b))))
                .isEqualTo(order);
        assertThat(Integer.signum(Arrays.compareUnsigned(space.regionKey(a), space.regionKey(b))))
                .isEqualTo(order);
    }

    @Property(tries = 300)
    void noKeyLeavesTheKeySpace(@ForAll("prefixed") final KeySpace space, @ForAll("keys") final byte[] key) {
        assertThat(Arrays.compareUnsigned(space.storeKey(key), space.prefix())).isNotNegative();
        assertThat(Arrays.compareUnsigned(space.storeKey(key), space.end())).isNegative();
        assertThat(Arrays.compareUnsigned(space.regionKey(key), space.regionRangeEnd(new byte[0])))
                .isNegative();
        assertThat(space.storeRangeEnd(new byte[0])).isEqualTo(space.end());
    }

    @Property(tries = 300)
    void keysOfOthersAreForeign(@ForAll("prefixed") final KeySpace space, @ForAll("keys") final byte[] other) {
        Assume.that(other.length < 4 || !Arrays.equals(other, 0, 4, space.prefix(), 0, 4));
        assertThatThrownBy(() -> space.userKey(other)).isInstanceOf(ForeignKeyException.class);
        assertThatThrownBy(() -> space.userKeyOffset(Unpooled.wrappedBuffer(other), 0, other.length))
                .isInstanceOf(ForeignKeyException.class)
                .hasMessageContaining(other.length + " bytes");
    }

    /**
     * A region seen through the key space holds exactly the user keys whose region keys it holds, whatever the bounds are.
     */
    @Property(tries = 3_000)
    void clippedRegionHoldsExactlyTheKeysThatTheRegionHolds(
            @ForAll("spaces") final KeySpace space,
            @ForAll("bounds") final byte[] oneBound,
            @ForAll("bounds") final byte[] otherBound,
            @ForAll("keys") final byte[] key)
            throws Exception {
        final byte[] a = regionBound(space, oneBound);
        final byte[] b = regionBound(space, otherBound);
        final boolean inOrder = b.length == 0 || Arrays.compareUnsigned(a, b) < 0;
        final byte[] start = inOrder ? a : b;
        final byte[] end = inOrder ? b : a;

        final byte[] regionKey = space.regionKey(key);
        final boolean inRegion = Arrays.compareUnsigned(start, regionKey) <= 0
                && (end.length == 0 || Arrays.compareUnsigned(regionKey, end) < 0);
        final KeyBounds clipped = space.clip(start, end);
        final boolean inClipped = clipped != null
                && Arrays.compareUnsigned(clipped.start(), key) <= 0
                && (clipped.end().length == 0 || Arrays.compareUnsigned(key, clipped.end()) < 0);

        assertThat(inClipped).isEqualTo(inRegion);
    }

    @Property(tries = 300)
    void regionMadeOfUserBoundsComesBackAsThem(
            @ForAll("spaces") final KeySpace space, @ForAll("keys") final byte[] a, @ForAll("keys") final byte[] b)
            throws Exception {
        Assume.that(b.length == 0 || Arrays.compareUnsigned(a, b) < 0);
        final KeyBounds clipped = space.clip(space.regionKey(a), space.regionRangeEnd(b));
        assertThat(clipped).isNotNull();
        assertThat(clipped.start()).isEqualTo(a);
        assertThat(clipped.end()).isEqualTo(b);
    }

    @Provide
    Arbitrary<KeySpace> spaces() {
        return Arbitraries.oneOf(Arbitraries.of(KeySpace.v1(), KeySpace.v1Ttl(), KeySpace.v1Txn()), prefixed());
    }

    @Provide
    Arbitrary<KeySpace> prefixed() {
        final Arbitrary<Integer> ids = Arbitraries.oneOf(
                Arbitraries.of(0, 1, 0xFF, 0xFFFF, KeySpace.MAX_KEYSPACE_ID),
                Arbitraries.integers().between(0, KeySpace.MAX_KEYSPACE_ID));
        return ids.flatMap(id -> Arbitraries.of(KeyMode.values()).map(mode -> KeySpace.v2(mode, id)));
    }

    @Provide
    Arbitrary<byte[]> keys() {
        return Arbitraries.of((byte) 0, (byte) 1, (byte) 'r', (byte) 'x', (byte) 0xFF)
                .array(byte[].class)
                .ofMaxSize(14);
    }

    /** Store keys of this and neighbouring key spaces, or of none. */
    @Provide
    Arbitrary<byte[]> bounds() {
        final Arbitrary<byte[]> within = prefixed().flatMap(space -> keys().map(space::storeKey));
        return Arbitraries.oneOf(keys(), within);
    }

    /** A bound as PD would have it: encoded where that is the rule, and half of the time within the key space. */
    private static byte[] regionBound(final KeySpace space, final byte[] bound) {
        if (bound.length == 0) {
            return bound;
        }
        final byte[] storeKey = bound.length % 2 == 0 ? bound : space.storeKey(bound);
        final boolean encoded = space.prefix().length != 0 || space == KeySpace.v1Txn();
        return encoded ? MemcomparableCodec.encode(storeKey) : storeKey;
    }
}
