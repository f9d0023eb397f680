package io.tikvdirect.client.txn;

import java.time.Instant;

/**
 * Immutable. A point in the one order of all transactions, given out by the Placement Driver's Timestamp Oracle: 46 bits of
 * milliseconds since the epoch and an 18-bit counter.
 *
 * @param version the unsigned number that stores know
 */
public record Timestamp(long version) implements Comparable<Timestamp> {

    /** Bits of the counter. */
    public static final int LOGICAL_BITS = 18;

    /**
     * Above every timestamp: a snapshot at it reads whatever was committed last, without asking the oracle. Two reads at it
     * need not see the same state.
     */
    public static final Timestamp LATEST = new Timestamp(-1);

    /**
     * A timestamp from its parts.
     *
     * @param physicalMs milliseconds since the epoch, 0 to 2^46 - 1
     * @param logical counter, 0 to 2^18 - 1
     * @return the timestamp
     */
    public static Timestamp of(long physicalMs, int logical) {
        if (physicalMs < 0 || physicalMs >>> (Long.SIZE - LOGICAL_BITS) != 0) {
            throw new IllegalArgumentException("physicalMs " + physicalMs);
        }
        if (logical < 0 || logical >>> LOGICAL_BITS != 0) {
            throw new IllegalArgumentException("logical " + logical);
        }
        return new Timestamp((physicalMs << LOGICAL_BITS) | logical);
    }

    /**
     * The oracle's clock.
     *
     * @return milliseconds since the epoch
     */
    public long physicalMs() {
        return version >>> LOGICAL_BITS;
    }

    /**
     * The counter within the millisecond.
     *
     * @return 0 to 2^18 - 1
     */
    public int logical() {
        return (int) (version & ((1 << LOGICAL_BITS) - 1));
    }

    /**
     * The oracle's clock as an instant.
     *
     * @return to the millisecond
     */
    public Instant instant() {
        return Instant.ofEpochMilli(physicalMs());
    }

    /**
     * Whether this comes before another timestamp.
     *
     * @param other any
     * @return true when it is smaller
     */
    public boolean isBefore(Timestamp other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Timestamp other) {
        return Long.compareUnsigned(version, other.version);
    }

    /** The unsigned number. */
    @Override
    public String toString() {
        return Long.toUnsignedString(version);
    }
}
