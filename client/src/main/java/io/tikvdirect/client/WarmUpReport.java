package io.tikvdirect.client;

import java.util.Map;

/**
 * Immutable. What {@link TikvClient#warmUp} has got ready.
 *
 * @param regions regions of the ranges that are in the cache now, at most {@code regions.max}
 * @param stores stores to which every connection stands
 * @param unreachable stores that could not be connected to in time, by id, and why; empty when all is well
 */
public record WarmUpReport(int regions, int stores, Map<Long, String> unreachable) {

    /** Copies the map. */
    public WarmUpReport {
        unreachable = Map.copyOf(unreachable);
    }
}
