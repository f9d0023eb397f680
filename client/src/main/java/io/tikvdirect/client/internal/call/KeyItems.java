package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Immutable. Items that are keys without values, as arrays. */
public interface KeyItems extends ChunkItems {

    /** Gives the keys, in the order of the items. */
    List<byte[]> keys();

    @Override
    default int size() {
        return keys().size();
    }

    @Override
    default int keyLength(int item) {
        return keys().get(item).length;
    }

    @Override
    default int valueLength(int item) {
        return 0;
    }

    @Override
    default @Nullable Region locate(RegionCache regions, int item) {
        return regions.locate(keys().get(item));
    }

    @Override
    default boolean isIn(Region region, int item) {
        return region.contains(keys().get(item));
    }

    @Override
    default byte[] key(int item) {
        return keys().get(item);
    }
}
