package io.tikvdirect.client.internal.region;

import com.google.protobuf.ByteString;
import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.proto.errorpb.BucketVersionNotMatch;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Keeps the buckets of regions up to date with what stores and PD say. A store that finds a request's buckets
 * outdated names the present ones; should it not, the request goes on without a version, which no store checks, and PD is
 * asked in the background, once per region at a time.
 */
final class BucketRefresh {
    private static final Logger LOG = LoggerFactory.getLogger(BucketRefresh.class);

    /** Requests to PD at once; a region beyond them is asked for at its next mismatch. */
    private static final int MAX_UNDERWAY = 16;

    private final PlacementDriver pd;
    private final RegionTable table;
    private final RegionAssembler assembler;
    private final BucketTable buckets;
    private final Set<Long> underway = ConcurrentHashMap.newKeySet();

    BucketRefresh(
            final PlacementDriver pd,
            final RegionTable table,
            final RegionAssembler assembler,
            final BucketTable buckets) {
        this.pd = pd;
        this.table = table;
        this.assembler = assembler;
        this.buckets = buckets;
    }

    /** PD described a region with its buckets; true when they are newer than those known. */
    boolean heard(final io.tikvdirect.proto.metapb.Buckets said) {
        return buckets.offer(said.getRegionId(), said.getVersion(), keys(said.getKeysList()));
    }

    private static List<byte[]> keys(final List<ByteString> keys) {
        return keys.stream().map(ByteString::toByteArray).toList();
    }

    /** Regions that were not taken in: unless known otherwise, their buckets go as well. */
    void forgetUnknown(final List<Region> refused) {
        for (final Region region : refused) {
            if (table.byId(region.id()) == null) {
                buckets.forget(region.id());
            }
        }
    }

    /** A store refused a request for its buckets' version. */
    void onMismatch(final Region region, final BucketVersionNotMatch mismatch, final long deadlineNs) {
        if (table.byId(region.id()) == null) {
            return;
        }
        final boolean isNews = mismatch.getKeysCount() > 0
                && buckets.offer(region.id(), mismatch.getVersion(), keys(mismatch.getKeysList()));
        if (!isNews && mismatch.getVersion() != buckets.version(region.id())) {
            buckets.forget(region.id());
            ask(region.id(), deadlineNs);
        }
        reroute(region.id());
    }

    /** Requests by the region's route carry the present version from now on. */
    private void reroute(final long regionId) {
        final Region current = table.byId(regionId);
        if (current != null && current.isUsable()) {
            table.reroute(current, assembler.reencoded(current));
        }
    }

    private void ask(final long regionId, final long deadlineNs) {
        if (underway.size() >= MAX_UNDERWAY || !underway.add(regionId)) {
            return;
        }
        final CompletableFuture<?> unused = pd.getRegionById(regionId, deadlineNs)
                .whenComplete((region, failure) -> {
                    underway.remove(regionId);
                    if (failure != null) {
                        LOG.debug("the buckets of region {} could not be refreshed: {}", regionId, failure.toString());
                    } else if (region.isPresent() && region.get().hasBuckets() && table.byId(regionId) != null) {
                        heard(region.get().getBuckets());
                        reroute(regionId);
                    }
                });
    }
}
