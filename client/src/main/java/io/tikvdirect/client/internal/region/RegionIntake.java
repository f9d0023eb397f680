package io.tikvdirect.client.internal.region;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Takes what PD answered about regions into the table. */
final class RegionIntake {
    /** Callers have deadlines of their own; this only ends a resolution that nobody waits for any more. */
    private static final long RESOLVE_NS = TimeUnit.SECONDS.toNanos(10);

    private final StoreTable stores;
    private final RegionTable table;
    private final RegionAssembler assembler;
    private final BucketRefresh buckets;
    private final LongAdder refused = new LongAdder();

    RegionIntake(
            final StoreTable stores,
            final RegionTable table,
            final RegionAssembler assembler,
            final BucketRefresh buckets) {
        this.stores = stores;
        this.table = table;
        this.assembler = assembler;
        this.buckets = buckets;
    }

    /** Takes regions in once the stores they name have addresses. */
    CompletableFuture<Void> enter(final List<io.tikvdirect.proto.pdpb.Region> answered) {
        final Set<Long> storeIds = new HashSet<>();
        answered.forEach(region -> region.getRegion().getPeersList().forEach(peer -> storeIds.add(peer.getStoreId())));
        final long resolveDeadlineNs = System.nanoTime() + RESOLVE_NS;
        return stores.resolve(storeIds, resolveDeadlineNs).thenAccept(nothing -> assembleAll(answered));
    }

    private void assembleAll(final List<io.tikvdirect.proto.pdpb.Region> answered) {
        final List<Region> regions = new ArrayList<>(answered.size());
        Region left = null;
        for (final io.tikvdirect.proto.pdpb.Region each : answered) {
            final boolean isNews = each.hasBuckets() && buckets.heard(each.getBuckets());
            final Region region = !isNews && isStillSo(each) ? null : assembled(each, left);
            if (region != null) {
                regions.add(region);
                left = region;
            }
        }
        insert(regions);
    }

    private @Nullable Region assembled(final io.tikvdirect.proto.pdpb.Region said, final @Nullable Region left) {
        final boolean isDoubtful = said.getDownPeersCount() > 0;
        return assembler.assemble(said.getRegion(), said.getLeader().getStoreId(), left, isDoubtful, table.tick());
    }

    /** Whether a region is known just as PD describes it: then its lifetime begins anew and nothing else changes. */
    private boolean isStillSo(final io.tikvdirect.proto.pdpb.Region said) {
        final Region known = table.byId(said.getRegion().getId());
        if (known == null || !known.isUsable()) {
            return false;
        }
        final var epoch = said.getRegion().getRegionEpoch();
        final boolean isSame = known.version() == epoch.getVersion()
                && known.confVersion() == epoch.getConfVer()
                && known.leader().id() == said.getLeader().getStoreId()
                && known.isDoubtful() == said.getDownPeersCount() > 0;
        if (isSame) {
            known.renew(table.tick());
        }
        return isSame;
    }

    /** Puts regions into the table; gives those that something newer was known of. */
    List<Region> insert(final List<Region> regions) {
        final List<Region> outdated = table.insert(regions);
        refused.add(outdated.size());
        buckets.forgetUnknown(outdated);
        return outdated;
    }

    /** How many were refused because something newer was known. */
    long refused() {
        return refused.sum();
    }
}
