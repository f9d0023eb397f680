package io.tikvdirect.client;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Immutable as long as its arrays are left alone: the keys from a start (inclusive) to an end (exclusive), in unsigned
 * byte order. An empty end means there is no upper bound; an empty start is the smallest key, so no lower bound.
 *
 * <p>The arrays are not copied, neither in nor out: whoever makes a range hands its arrays over, whoever reads one must
 * not write into them.
 */
public final class KeyRange {
    private static final byte[] UNBOUNDED = new byte[0];
    private static final KeyRange ALL = new KeyRange(UNBOUNDED, UNBOUNDED);

    private final byte[] start;
    private final byte[] end;

    private KeyRange(final byte[] start, final byte[] end) {
        this.start = Objects.requireNonNull(start, "start");
        this.end = Objects.requireNonNull(end, "end");
    }

    /**
     * Every key.
     *
     * @return a range without bounds
     */
    public static KeyRange all() {
        return ALL;
    }

    /**
     * The keys from {@code start} up to, not including, {@code end}.
     *
     * @param start first key; empty for no lower bound
     * @param end first key that does not belong; empty for no upper bound
     * @return the range, which may be empty when {@code start} is not below {@code end}
     */
    public static KeyRange of(final byte[] start, final byte[] end) {
        return new KeyRange(start, end);
    }

    /**
     * The keys from {@code start} on.
     *
     * @param start first key
     * @return a range without upper bound
     */
    public static KeyRange from(final byte[] start) {
        return new KeyRange(start, UNBOUNDED);
    }

    /**
     * The keys that begin with {@code prefix}.
     *
     * @param prefix any bytes; empty for every key
     * @return the range; without upper bound when the prefix is made of 0xFF only
     */
    public static KeyRange prefix(final byte[] prefix) {
        return new KeyRange(prefix, afterPrefix(prefix));
    }

    private static byte[] afterPrefix(final byte[] prefix) {
        int length = prefix.length;
        while (length > 0 && prefix[length - 1] == (byte) 0xFF) {
            length--;
        }
        if (length == 0) {
            return UNBOUNDED;
        }
        final byte[] end = Arrays.copyOf(prefix, length);
        end[length - 1]++;
        return end;
    }

    /**
     * The first key of the range.
     *
     * @return the range's own array, to be read only; empty for no lower bound
     */
    public byte[] start() {
        return start;
    }

    /**
     * The first key behind the range.
     *
     * @return the range's own array, to be read only; empty for no upper bound
     */
    public byte[] end() {
        return end;
    }

    /**
     * Whether no key can be in this range.
     *
     * @return true when the range has an upper bound that is not above its start
     */
    public boolean isEmpty() {
        return end.length != 0 && Arrays.compareUnsigned(start, end) >= 0;
    }

    /**
     * Whether a key belongs to this range.
     *
     * @param key any key
     * @return true when {@code start <= key < end}
     */
    public boolean contains(final byte[] key) {
        return Arrays.compareUnsigned(start, key) <= 0 && (end.length == 0 || Arrays.compareUnsigned(key, end) < 0);
    }

    @Override
    public boolean equals(final @Nullable Object other) {
        return other instanceof KeyRange range && Arrays.equals(start, range.start) && Arrays.equals(end, range.end);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(start) + Arrays.hashCode(end);
    }

    /** Sizes only: keys may be personal data. */
    @Override
    public String toString() {
        return "KeyRange[start=" + start.length + " bytes, end="
                + (end.length == 0 ? "unbounded" : end.length + " bytes") + ']';
    }
}
