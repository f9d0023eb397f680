package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.internal.topology.Region;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Thread-safe. The regions that are closed for a flashback, from its preparation to its end. */
public final class Flashbacks {
    private final Map<Long, Long> startByRegion = new ConcurrentHashMap<>();

    /** Closes a region. */
    void prepare(Region region, long startTs) {
        startByRegion.put(region.id(), startTs);
    }

    /** Opens a region again. */
    void end(Region region) {
        startByRegion.remove(region.id());
    }

    boolean isPrepared(Region region) {
        return startByRegion.containsKey(region.id());
    }

    void requireOpen(Region region) throws RegionErrorException {
        Long startTs = startByRegion.get(region.id());
        if (startTs != null) {
            throw RegionErrors.flashbackInProgress(region, startTs);
        }
    }
}
