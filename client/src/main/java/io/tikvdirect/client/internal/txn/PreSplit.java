package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.pd.RegionSpread;
import io.tikvdirect.client.internal.region.Region;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owned by one thread at a time. Splits regions that a commit is about to write very much to (TXN-19), so that its load is
 * spread. Nothing depends on it: what fails is logged, and the commit goes on.
 */
final class PreSplit {

    private static final Logger LOG = LoggerFactory.getLogger(PreSplit.class);

    /** The part of what is left of the call's time that splitting may take. */
    private static final int SHARE = 4;

    private final TxnEngine engine;
    private final Mutations mutations;
    private final long deadlineNs;
    private final Promise<Boolean> promise;
    private final List<byte[]> borders = new ArrayList<>();
    private final List<byte[]> bordersHere = new ArrayList<>();
    private int keysHere;
    private long bytesHere;

    private PreSplit(TxnEngine engine, Mutations mutations, long deadlineNs, Promise<Boolean> promise) {
        this.engine = engine;
        this.mutations = mutations;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    /** Whether a commit is so large that a look at its regions is worth the while. */
    static boolean concerns(TxnEngine engine, Mutations mutations) {
        return mutations.size() >= engine.rules().splitKeys();
    }

    /**
     * Splits regions, where there is need.
     *
     * @param mutations in the order of their keys
     * @param deadlineNs of the commit
     * @param promise told when the commit can go on: whether something was split; never fails
     */
    static void run(TxnEngine engine, Mutations mutations, long deadlineNs, Promise<Boolean> promise) {
        long nowNs = System.nanoTime();
        new PreSplit(engine, mutations, nowNs + (deadlineNs - nowNs) / SHARE, promise).look(0, null);
    }

    /** Looks at the keys from one on; its neighbours before are in the region given. */
    private void look(int from, @Nullable Region before) {
        Region region = before;
        for (int i = from; i < mutations.size(); i++) {
            if (region == null || !mutations.isIn(region, i)) {
                endRegion();
                region = mutations.locate(engine.regions(), i);
            }
            if (region == null) {
                load(i);
                return;
            }
            add(i);
        }
        endRegion();
        split();
    }

    private void load(int item) {
        var unused = engine.regions().load(mutations.key(item), deadlineNs).whenComplete((region, failure) -> {
            if (failure == null) {
                look(item, region);
            } else {
                giveUp(failure);
            }
        });
    }

    private void add(int item) {
        if (bytesHere >= engine.rules().splitBytes()) {
            bordersHere.add(mutations.key(item));
            bytesHere = 0;
        }
        keysHere++;
        bytesHere += mutations.keyLength(item) + (long) mutations.valueLength(item);
    }

    private void endRegion() {
        if (keysHere >= engine.rules().splitKeys()) {
            borders.addAll(bordersHere);
        }
        bordersHere.clear();
        keysHere = 0;
        bytesHere = 0;
    }

    private void split() {
        if (borders.isEmpty()) {
            promise.succeed(false);
            return;
        }
        List<byte[]> keys = borders.stream().map(engine.keySpace()::regionKey).toList();
        var unused = engine.pd().splitRegions(keys, deadlineNs).whenComplete((regions, failure) -> {
            if (failure == null) {
                LOG.info("split regions at {} keys before a commit of {} keys", keys.size(), mutations.size());
                spread(regions);
            } else {
                giveUp(failure);
            }
        });
    }

    /** PD begins to spread the new regions; the commit waits no longer than for its answer. */
    private void spread(List<Long> regions) {
        if (regions.isEmpty()) {
            promise.succeed(true);
            return;
        }
        var unused = new RegionSpread(engine.pd())
                .begin(regions, null, deadlineNs)
                .whenComplete((begun, failure) -> {
                    if (failure != null) {
                        LOG.debug("new regions are not spread: {}", failure.toString());
                    }
                    promise.succeed(true);
                });
    }

    private void giveUp(Throwable failure) {
        LOG.warn("regions are not split before a commit of {} keys: {}", mutations.size(), failure.toString());
        promise.succeed(false);
    }
}
