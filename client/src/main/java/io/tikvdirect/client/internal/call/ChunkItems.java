package io.tikvdirect.client.internal.call;

import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import org.jspecify.annotations.Nullable;

/** Read by several threads, written by none after it was filled. What a {@link ChunkPlan} must know of a call's items. */
public interface ChunkItems {

    /** {@return how many there are} */
    int size();

    /**
     * Length of a key.
     *
     * @param item its number, from 0
     * @return bytes
     */
    int keyLength(int item);

    /**
     * Length of a value.
     *
     * @param item its number, from 0
     * @return bytes; 0 where there are only keys
     */
    int valueLength(int item);

    /**
     * Looks for the region of an item.
     *
     * @param regions the region cache
     * @param item its number, from 0
     * @return null when it is not known
     */
    @Nullable
    Region locate(RegionCache regions, int item);

    /**
     * Whether an item lies in a region.
     *
     * @param region any
     * @param item its number, from 0
     * @return true when it does
     */
    boolean isIn(Region region, int item);

    /**
     * A key.
     *
     * @param item its number, from 0
     * @return user key, to be read only
     */
    byte[] key(int item);
}
