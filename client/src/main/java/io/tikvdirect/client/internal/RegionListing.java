package io.tikvdirect.client.internal;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.client.RegionInfo;
import io.tikvdirect.client.StoreInfo;
import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.codec.key.KeyBounds;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.metapb.Peer;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.metapb.StoreLabel;
import io.tikvdirect.proto.pdpb.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Confined to one listing. Regions of a range as PD describes them, page by page, as values for people. */
final class RegionListing {

    private static final int PAGE = 1_024;

    private final PlacementDriver pd;
    private final KeySpace keySpace;
    private final long deadlineNs;
    private final List<RegionInfo> found = new ArrayList<>();

    RegionListing(PlacementDriver pd, KeySpace keySpace, long deadlineNs) {
        this.pd = pd;
        this.keySpace = keySpace;
        this.deadlineNs = deadlineNs;
    }

    CompletableFuture<List<RegionInfo>> list(KeyRange range) {
        return more(keySpace.regionKey(range.start()), keySpace.regionRangeEnd(range.end()));
    }

    private CompletableFuture<List<RegionInfo>> more(byte[] start, byte[] end) {
        return pd.scanRegions(start, end, PAGE, deadlineNs).thenCompose(page -> {
            page.forEach(this::add);
            byte[] next = page.isEmpty()
                    ? new byte[0]
                    : page.get(page.size() - 1).getRegion().getEndKey().toByteArray();
            return page.size() < PAGE || next.length == 0 ? CompletableFuture.completedFuture(found) : more(next, end);
        });
    }

    private void add(Region region) {
        KeyBounds bounds = bounds(region);
        if (bounds != null) {
            found.add(new RegionInfo(
                    region.getRegion().getId(),
                    KeyRange.of(bounds.start(), bounds.end()),
                    region.getRegion().getRegionEpoch().getVersion(),
                    region.getRegion().getRegionEpoch().getConfVer(),
                    region.getLeader().getStoreId(),
                    region.getRegion().getPeersList().stream()
                            .map(Peer::getStoreId)
                            .toList()));
        }
    }

    private @Nullable KeyBounds bounds(Region region) {
        try {
            return keySpace.clip(
                    region.getRegion().getStartKey().toByteArray(),
                    region.getRegion().getEndKey().toByteArray());
        } catch (MalformedMessageException malformed) {
            throw new ProtocolException(
                    "PD describes a region whose bounds cannot be read: " + malformed.getMessage(),
                    FailureDetails.of("scan_regions")
                            .region(region.getRegion().getId())
                            .build(),
                    malformed);
        }
    }

    static StoreInfo storeInfo(Store store) {
        return new StoreInfo(
                store.getId(),
                store.getAddress(),
                store.getState().name(),
                store.getVersion(),
                store.getLabelsList().stream()
                        .collect(Collectors.toMap(StoreLabel::getKey, StoreLabel::getValue, (first, again) -> again)));
    }
}
