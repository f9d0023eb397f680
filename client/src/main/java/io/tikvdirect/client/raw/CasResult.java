package io.tikvdirect.client.raw;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Immutable, but for the array it hands out. The outcome of a compare-and-swap. */
public final class CasResult {

    private final boolean swapped;
    private final byte @Nullable [] previous;

    /**
     * Names the outcome.
     *
     * @param swapped whether the new value was written
     * @param previous the value before the operation; null when the key did not exist; kept, not copied
     */
    public CasResult(boolean swapped, byte @Nullable [] previous) {
        this.swapped = swapped;
        this.previous = previous;
    }

    /**
     * Whether the new value was written.
     *
     * @return false when the key was not in the expected state
     */
    public boolean swapped() {
        return swapped;
    }

    /**
     * The value before the operation.
     *
     * @return possibly empty; null when the key did not exist; not a copy
     */
    public byte @Nullable [] previous() {
        return previous;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CasResult result
                && swapped == result.swapped
                && Arrays.equals(previous, result.previous);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(previous) + Boolean.hashCode(swapped);
    }

    /** Sizes only: values may be personal data. */
    @Override
    public String toString() {
        return "CasResult[swapped=" + swapped + ", previous="
                + (previous == null ? "absent" : previous.length + " bytes") + ']';
    }
}
