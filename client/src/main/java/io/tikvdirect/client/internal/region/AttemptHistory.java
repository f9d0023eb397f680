package io.tikvdirect.client.internal.region;

import java.util.EnumMap;
import java.util.Map;

/** Confined to its operation. How often a request has met each region error; made at the first one. */
public final class AttemptHistory {
    private final Map<RegionErrorKind, Integer> met = new EnumMap<>(RegionErrorKind.class);

    /** Nothing met yet. */
    public AttemptHistory() {}

    /**
     * How often a kind was met.
     *
     * @param kind the kind
     * @return at least 0
     */
    public int count(final RegionErrorKind kind) {
        return met.getOrDefault(kind, 0);
    }

    void record(final RegionErrorKind kind) {
        met.merge(kind, 1, Integer::sum);
    }
}
