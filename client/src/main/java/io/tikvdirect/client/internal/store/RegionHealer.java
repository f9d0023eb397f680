package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.internal.region.Decision;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.region.Store;
import io.tikvdirect.client.internal.region.StoreTable;
import io.tikvdirect.proto.errorpb.Error;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Thread-safe. Carries out what a store's answer means for the picture of the cluster. */
@SuppressWarnings("FutureReturnValueIgnored") // what a timer or continuation does, it reports itself
public final class RegionHealer {

    private static final Logger LOG = LoggerFactory.getLogger(RegionHealer.class);
    private static final int LONGEST_TEXT = 200;
    private static final long RESOLVE_NS = TimeUnit.SECONDS.toNanos(3);

    private final RegionCache regions;
    private final StoreTable stores;

    /**
     * Makes a healer.
     *
     * @param regions the region cache
     * @param stores the store table
     */
    public RegionHealer(RegionCache regions, StoreTable stores) {
        this.regions = regions;
        this.stores = stores;
    }

    /** Applies the effect of a decision; what it starts goes on by itself. */
    void apply(Decision decision, Region region, Error error, long deadlineNs) {
        switch (decision.effect()) {
            case KEEP -> {}
            case SWITCH_LEADER ->
                regions.onLeader(region, error.getNotLeader().getLeader().getStoreId());
            case TRY_OTHER -> regions.tryOther(region);
            case INVALIDATE -> regions.invalidate(region, decision.reason());
            case REPLACE -> regions.replace(region, error.getEpochNotMatch().getCurrentRegionsList());
            case REFRESH_BUCKETS -> regions.onBuckets(region, error.getBucketVersionNotMatch(), deadlineNs);
            case RERESOLVE_STORE -> {
                regions.invalidate(region, decision.reason());
                reresolve(region.leader());
            }
        }
    }

    /** Asks PD for a store's address again. */
    void reresolve(Store store) {
        stores.reresolve(store.id(), System.nanoTime() + RESOLVE_NS).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.debug("{} could not be looked up again: {}", store, failure.toString());
            }
        });
    }

    /** A region error in one line. */
    static String describe(Error error) {
        if (error.hasKeyNotInRegion()) {
            // TiKV's own text shows the key; whether that may be shown is the user's decision
            return "region error: key not in region "
                    + error.getKeyNotInRegion().getRegionId();
        }
        String text = error.getMessage().isEmpty() ? error.toString().replace('\n', ' ') : error.getMessage();
        return "region error: " + (text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) + "..." : text);
    }
}
