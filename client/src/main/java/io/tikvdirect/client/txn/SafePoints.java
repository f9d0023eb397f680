package io.tikvdirect.client.txn;

import java.util.Map;

/**
 * Immutable. Where garbage collection stands.
 *
 * @param transactions what lies before it cannot be read any more
 * @param garbage what is not visible at it or later may be gone
 * @param barriers timestamps that are kept readable, by name; empty where PD is too old to tell
 * @param globalBarriers those of all keyspaces, by name; empty likewise
 */
public record SafePoints(
        Timestamp transactions,
        Timestamp garbage,
        Map<String, Timestamp> barriers,
        Map<String, Timestamp> globalBarriers) {

    /** Takes copies. */
    public SafePoints {
        globalBarriers = Map.copyOf(globalBarriers);
        barriers = Map.copyOf(barriers);
    }
}
