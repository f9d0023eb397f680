package io.tikvdirect.client.internal.region;

import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The newest buckets of each region of which any are known, beside the regions: a region without buckets
 * takes no memory for them, and a look-up by key never comes here. A request's Context has their version, which is
 * encoded with the route.
 */
final class BucketTable {
    private final KeySpace keySpace;
    private final Map<Long, Buckets> byRegion = new ConcurrentHashMap<>();

    BucketTable(final KeySpace keySpace) {
        this.keySpace = keySpace;
    }

    /**
     * Takes buckets unless as new ones are known.
     *
     * @param regionId whose they are
     * @param version their version; 0 is ignored
     * @param bounds as region keys
     * @return whether they were taken
     */
    boolean offer(final long regionId, final long version, final List<byte[]> bounds) {
        final Buckets known = byRegion.get(regionId);
        if (version == 0 || (known != null && known.version() >= version)) {
            return false;
        }
        try {
            final Buckets heard = Buckets.of(version, bounds, keySpace);
            return byRegion.merge(regionId, heard, BucketTable::newer) == heard;
        } catch (final MalformedMessageException malformed) {
            return false;
        }
    }

    private static Buckets newer(final Buckets one, final Buckets other) {
        return other.version() > one.version() ? other : one;
    }

    /** The version a request to that region carries; 0: none. */
    long version(final long regionId) {
        final Buckets known = byRegion.get(regionId);
        return known == null ? 0 : known.version();
    }

    @Nullable
    Buckets of(final long regionId) {
        return byRegion.get(regionId);
    }

    void forget(final long regionId) {
        byRegion.remove(regionId);
    }

    /** How many regions have buckets. */
    int size() {
        return byRegion.size();
    }

    void clear() {
        byRegion.clear();
    }
}
