package io.tikvdirect.client;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Immutable as long as its arrays are left alone: a key and its value, equal to another pair with equal bytes.
 *
 * <p>The arrays are not copied, neither in nor out, because pairs travel in bulk. Whoever makes a pair hands its
 * arrays over; whoever reads one must not write into them.
 */
public final class KvPair {
    private final byte[] key;
    private final byte @Nullable [] value;

    /**
     * A pair over the given arrays, which must not be changed afterwards.
     *
     * @param key the key
     * @param value the value, or null where only keys were asked for; empty is a value like any other
     */
    public KvPair(final byte[] key, final byte @Nullable [] value) {
        this.key = Objects.requireNonNull(key, "key");
        this.value = value;
    }

    /**
     * The key.
     *
     * @return the pair's own array, to be read only
     */
    public byte[] key() {
        return key;
    }

    /**
     * The value.
     *
     * @return the pair's own array, to be read only, or null where only keys were asked for
     */
    public byte @Nullable [] value() {
        return value;
    }

    @Override
    public boolean equals(final @Nullable Object other) {
        return other instanceof KvPair pair && Arrays.equals(key, pair.key) && Arrays.equals(value, pair.value);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(key) + Arrays.hashCode(value);
    }

    /** Sizes only: keys and values may be personal data. */
    @Override
    public String toString() {
        return "KvPair[key=" + key.length + " bytes, value=" + (value == null ? "none" : value.length + " bytes") + ']';
    }
}
