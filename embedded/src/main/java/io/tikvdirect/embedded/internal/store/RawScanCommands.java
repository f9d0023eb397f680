package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.RawSpace.ColumnFamily;
import io.tikvdirect.embedded.internal.data.RawValue;
import io.tikvdirect.embedded.internal.data.SortedSnapshot;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.KeyRange;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.RawBatchScanRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchScanResponse;
import io.tikvdirect.proto.kvrpcpb.RawScanRequest;
import io.tikvdirect.proto.kvrpcpb.RawScanResponse;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Thread-safe. The raw scans. */
final class RawScanCommands {
    private final RawAccess raw;

    RawScanCommands(RawAccess raw) {
        this.raw = raw;
    }

    RawScanResponse scan(RawScanRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_scan", request.getContext());
        raw.rules().requireRawRange("raw_scan", request.getStartKey(), request.getEndKey());
        Region region = raw.reading(request.getContext());
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        RawScanResponse.Builder response = RawScanResponse.newBuilder();
        range(request.getStartKey(), request.getEndKey(), request.getReverse(), region)
                .walk(
                        raw.pairs(family),
                        Integer.toUnsignedLong(request.getLimit()),
                        raw.nowSecond(),
                        collect(request.getKeyOnly(), response::addKvs));
        return response.build();
    }

    RawBatchScanResponse batchScan(RawBatchScanRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_batch_scan", request.getContext());
        for (KeyRange range : request.getRangesList()) {
            raw.rules().requireRawRange("raw_batch_scan", range.getStartKey(), range.getEndKey());
        }
        Region region = raw.reading(request.getContext());
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        List<KeyRange> ranges = request.getRangesList();
        requireOrdered(ranges, request.getReverse());
        SortedSnapshot<RawValue> pairs = raw.pairs(family);
        RawBatchScanResponse.Builder response = RawBatchScanResponse.newBuilder();
        for (int i = 0; i < ranges.size(); i++) {
            range(ranges.get(i).getStartKey(), end(ranges, i), request.getReverse(), region)
                    .walk(
                            pairs,
                            Integer.toUnsignedLong(request.getEachLimit()),
                            raw.nowSecond(),
                            collect(request.getKeyOnly(), response::addKvs));
        }
        return response.build();
    }

    private RawRange range(ByteString start, ByteString end, boolean reverse, Region region)
            throws RegionErrorException {
        return reverse
                ? RawRange.descending(raw.keys(), start, end, region)
                : RawRange.ascending(raw.keys(), start, end, region);
    }

    private SortedSnapshot.Visitor<RawValue> collect(boolean keyOnly, Consumer<KvPair> pairs) {
        return (key, value) -> {
            KvPair.Builder pair = KvPair.newBuilder().setKey(raw.keys().user(key));
            pairs.accept((keyOnly ? pair : pair.setValue(value.bytes())).build());
            return true;
        };
    }

    /** A range without end ends where the next one starts. */
    private static ByteString end(List<KeyRange> ranges, int i) {
        ByteString end = ranges.get(i).getEndKey();
        return end.isEmpty() && i + 1 < ranges.size() ? ranges.get(i + 1).getStartKey() : end;
    }

    private static void requireOrdered(List<KeyRange> ranges, boolean reverse) throws CommandErrorException {
        for (int i = 0; i < ranges.size(); i++) {
            byte[] start = ranges.get(i).getStartKey().toByteArray();
            byte[] end = end(ranges, i).toByteArray();
            int order = Arrays.compareUnsigned(start, end);
            if (end.length > 0 && (reverse ? order <= 0 : order >= 0)) {
                throw new CommandErrorException("Invalid KeyRanges");
            }
        }
    }
}
