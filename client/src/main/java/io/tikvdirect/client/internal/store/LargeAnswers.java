package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.internal.region.Region;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Which kinds of operations lately got large answers from which regions of a store. A region is bounded by its
 * bytes, so that one with large values holds few others: what one answer was tells what the next will be.
 *
 * <p>Regions and kinds share slots by chance, and racing threads may lose a count. Both cost a detour by the other
 * connection and nothing else.
 */
final class LargeAnswers {
    /** Answers from here on are large: a receive buffer full, half a millisecond at a gigabit a second. */
    static final int BYTES = 64 * 1024;

    /** How many other answers it takes until a large one is forgotten. */
    static final int REMEMBERED = 64;

    private static final int SLOT_BITS = 10;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L; // 2^64 / the golden ratio

    /** Answers until a slot's large one is forgotten; null as long as there was none. */
    private volatile byte @Nullable [] left;

    /** {@return whether the answer to this operation is expected to be large} */
    boolean areExpectedBy(Operation operation) {
        byte[] present = left;
        return present != null && present[slot(operation)] != 0;
    }

    /**
     * Learns from an answer.
     *
     * @param operation what was asked
     * @param length bytes of the answer
     */
    void onAnswer(Operation operation, int length) {
        byte[] present = left;
        if (length >= BYTES) {
            remember(present, operation);
        } else if (present != null) {
            int slot = slot(operation);
            if (present[slot] > 0) {
                present[slot]--;
            }
        }
    }

    private void remember(byte @Nullable [] present, Operation operation) {
        byte[] table = present == null ? new byte[1 << SLOT_BITS] : present;
        table[slot(operation)] = REMEMBERED;
        if (present == null) {
            left = table;
        }
    }

    private static int slot(Operation operation) {
        Region region = operation.requireRegion();
        long what = (region.id() << Byte.SIZE) | operation.kind().command();
        return (int) ((what * SPREAD) >>> (Long.SIZE - SLOT_BITS));
    }
}
