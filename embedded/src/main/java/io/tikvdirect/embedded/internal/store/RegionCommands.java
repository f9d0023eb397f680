package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.Memcomparable;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.topology.Regions;
import io.tikvdirect.proto.kvrpcpb.SplitRegionRequest;
import io.tikvdirect.proto.kvrpcpb.SplitRegionResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Thread-safe. SplitRegion. */
final class RegionCommands {
    private final Regions regions;
    private final RegionCheck check;
    private final StoreKeys rawKeys;

    RegionCommands(StoreParts parts, RegionCheck check) {
        this.regions = parts.regions();
        this.check = check;
        this.rawKeys = new StoreKeys(parts.apiVersion());
    }

    SplitRegionResponse split(SplitRegionRequest request) throws RegionErrorException {
        List<byte[]> keys = splitKeys(request);
        Region region = check.forSplit(request.getContext());
        if (keys.isEmpty()) {
            throw RegionErrors.message("no split key");
        }
        List<byte[]> cuts = new ArrayList<>();
        for (byte[] key : keys) {
            if (!region.contains(key)) {
                throw RegionErrors.keyNotInRegion(key, region);
            }
            byte[] cut = withoutTimestamp(key);
            if (!Arrays.equals(cut, region.start())) {
                cuts.add(cut);
            }
        }
        if (cuts.isEmpty()) {
            throw RegionErrors.message("no split key inside of the region");
        }
        return response(applied(region, cuts));
    }

    private List<Region> applied(Region region, List<byte[]> cuts) throws RegionErrorException {
        try {
            return regions.split(region.id(), cuts);
        } catch (Regions.ImpossibleChangeException changedMeanwhile) {
            Region now = regions.now().byId(region.id());
            throw now == null ? RegionErrors.regionNotFound(region.id()) : RegionErrors.epochNotMatch(now);
        }
    }

    @SuppressWarnings("deprecation") // older clients fill split_key
    private List<byte[]> splitKeys(SplitRegionRequest request) {
        List<ByteString> asked = request.getSplitKeysCount() > 0
                ? request.getSplitKeysList()
                : request.getSplitKey().isEmpty() ? List.of() : List.of(request.getSplitKey());
        return asked.stream()
                .map(key -> request.getIsRawKv() ? rawKeys.stored(key) : Memcomparable.encode(key.toByteArray()))
                .toList();
    }

    /** What follows a memcomparable key is taken for a timestamp and cut off, as TiKV's split observer does. */
    private static byte[] withoutTimestamp(byte[] key) {
        int length = Memcomparable.encodedLength(key);
        return length < 0 ? key : Arrays.copyOf(key, length);
    }

    @SuppressWarnings("deprecation") // real servers fill left and right too, for two pieces
    private static SplitRegionResponse response(List<Region> pieces) {
        SplitRegionResponse.Builder response = SplitRegionResponse.newBuilder();
        pieces.forEach(piece -> response.addRegions(piece.meta()));
        if (pieces.size() == 2) {
            response.setLeft(pieces.get(0).meta()).setRight(pieces.get(1).meta());
        }
        return response.build();
    }
}
