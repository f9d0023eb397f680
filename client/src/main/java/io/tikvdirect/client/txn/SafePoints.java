package io.tikvdirect.client.txn;

import java.util.Map;

/**
 * Immutable. Where garbage collection stands.
 *
 * @param transactions what lies before it cannot be read any more
 * @param garbage what is not visible at it or later may be gone
 * @param barriers timestamps that are kept readable, by name; empty where PD is too old to tell
 */
public record SafePoints(Timestamp transactions, Timestamp garbage, Map<String, Timestamp> barriers) {

    /** Takes a copy. */
    public SafePoints {
        barriers = Map.copyOf(barriers);
    }
}
