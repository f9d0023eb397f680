package io.tikvdirect.bench.nullserver;

/**
 * Immutable. What the null server pretends to hold.
 *
 * @param keys keys {@code b000000000000000}, {@code b000000000000001}...; they decide where regions are split
 * @param valueSize bytes of every value
 * @param bulkValueSize bytes of the values of keys that begin with {@code L}
 * @param regions regions of those keys, split evenly
 * @param stores stores, which lead the regions in turn
 */
public record NullSettings(int keys, int valueSize, int bulkValueSize, int regions, int stores) {
    /** Checks the numbers. */
    public NullSettings {
        if (keys < 1 || valueSize < 0 || bulkValueSize < 0 || regions < 1 || regions > keys || stores < 1) {
            throw new IllegalArgumentException("keys >= regions >= 1, stores >= 1, sizes >= 0");
        }
    }

    /** Where regions begin; with bulk values they have the first one for themselves, as large values have in a real store. */
    byte[][] regionStarts() {
        int first = bulkValueSize > 0 ? 1 : 0;
        byte[][] starts = new byte[first + regions][];
        for (int i = 0; i < regions; i++) {
            starts[first + i] = NullStore.key(firstKey(i));
        }
        starts[0] = new byte[0];
        return starts;
    }

    /** The number of the first key of a region; one past the last region gives the number of keys. */
    int firstKey(int region) {
        return (int) ((long) keys * region / regions);
    }
}
