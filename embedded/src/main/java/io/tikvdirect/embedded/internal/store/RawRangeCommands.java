package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.RawCoprocessorPlugin;
import io.tikvdirect.embedded.internal.data.Crc64;
import io.tikvdirect.embedded.internal.data.RawSpace.ColumnFamily;
import io.tikvdirect.embedded.internal.data.RawValue;
import io.tikvdirect.embedded.internal.data.SortedSnapshot;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.KeyRange;
import io.tikvdirect.proto.kvrpcpb.RawChecksumRequest;
import io.tikvdirect.proto.kvrpcpb.RawChecksumResponse;
import io.tikvdirect.proto.kvrpcpb.RawCoprocessorRequest;
import io.tikvdirect.proto.kvrpcpb.RawCoprocessorResponse;
import io.tikvdirect.proto.kvrpcpb.RawDeleteRangeRequest;
import io.tikvdirect.proto.kvrpcpb.RawDeleteRangeResponse;
import java.util.AbstractMap.SimpleImmutableEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Thread-safe. The raw commands on whole ranges: delete, checksum, coprocessor. */
final class RawRangeCommands {
    private final RawAccess raw;

    RawRangeCommands(RawAccess raw) {
        this.raw = raw;
    }

    RawDeleteRangeResponse delete(RawDeleteRangeRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireKeySize(request.getStartKey(), false);
        raw.rules().requireKeySize(request.getEndKey(), false);
        raw.rules().requireApiVersion("raw_delete_range", request.getContext());
        raw.rules().requireRawRange("raw_delete_range", request.getStartKey(), request.getEndKey());
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        Region region = raw.writing(request.getContext());
        byte[] start = raw.keys().stored(request.getStartKey());
        byte[] end = raw.keys().storedEnd(request.getEndKey());
        requireDeletable(start, end, region);
        raw.space().update(family, pairs -> pairs.withoutRange(start, end));
        return RawDeleteRangeResponse.getDefaultInstance();
    }

    /** As recorded: an empty end is "to the end" only where the region has no end either (SURPRISES 18). */
    static void requireDeletable(byte[] start, byte[] end, Region region) throws RegionErrorException {
        if (end.length > 0 && Arrays.compareUnsigned(start, end) >= 0) {
            throw RegionErrors.message("the range to delete does not start before its end");
        }
        if (!region.contains(start)) {
            throw RegionErrors.keyNotInRegion(start, region);
        }
        boolean endsInside = end.length == 0 ? region.end().length == 0 : region.containsOrEndsAt(end);
        if (!endsInside) {
            throw RegionErrors.keyNotInRegion(end, region);
        }
    }

    RawChecksumResponse checksum(RawChecksumRequest request) throws RegionErrorException, CommandErrorException {
        EnumValues.requireKnown(request.getAlgorithm());
        raw.rules().requireApiVersion("raw_checksum", request.getContext());
        for (KeyRange range : request.getRangesList()) {
            raw.rules().requireRawRange("raw_checksum", range.getStartKey(), range.getEndKey());
        }
        Region region = raw.reading(request.getContext());
        SortedSnapshot<RawValue> pairs = raw.pairs(ColumnFamily.DEFAULT);
        Sum sum = new Sum();
        for (KeyRange range : request.getRangesList()) {
            walk(range, region, pairs, sum);
        }
        return RawChecksumResponse.newBuilder()
                .setChecksum(sum.crc)
                .setTotalKvs(sum.pairs)
                .setTotalBytes(sum.bytes)
                .build();
    }

    private void walk(
            KeyRange range, Region region, SortedSnapshot<RawValue> pairs, SortedSnapshot.Visitor<RawValue> to)
            throws RegionErrorException {
        RawRange.ascending(raw.keys(), range.getStartKey(), range.getEndKey(), region)
                .walk(pairs, Long.MAX_VALUE, raw.nowSecond(), to);
    }

    /** Confined to its caller. */
    private final class Sum implements SortedSnapshot.Visitor<RawValue> {
        private long crc;
        private long pairs;
        private long bytes;

        @Override
        public boolean visit(byte[] key, RawValue value) {
            byte[] userKey = raw.keys().userBytes(key);
            byte[] userValue = value.bytes().toByteArray();
            crc ^= Crc64.finish(Crc64.add(Crc64.add(Crc64.start(), userKey), userValue));
            pairs++;
            bytes += userKey.length + (long) userValue.length;
            return true;
        }
    }

    RawCoprocessorResponse coprocessor(RawCoprocessorRequest request)
            throws RegionErrorException, CommandErrorException {
        if (raw.coprocessors().areDisabled()) {
            throw new CommandErrorException("Coprocessor plugin is disabled!");
        }
        RawCoprocessorPlugin plugin = plugin(request);
        for (KeyRange range : request.getRangesList()) {
            raw.rules().requireRawRange("raw_coprocessor", range.getStartKey(), range.getEndKey());
        }
        Region region = raw.reading(request.getContext());
        SortedSnapshot<RawValue> pairs = raw.pairs(ColumnFamily.DEFAULT);
        List<Map.Entry<byte[], byte[]>> found = new ArrayList<>();
        for (KeyRange range : request.getRangesList()) {
            walk(
                    range,
                    region,
                    pairs,
                    (key, value) -> found.add(new SimpleImmutableEntry<>(
                            raw.keys().userBytes(key), value.bytes().toByteArray())));
        }
        return run(plugin, found, request);
    }

    private RawCoprocessorPlugin plugin(RawCoprocessorRequest request) throws CommandErrorException {
        RawCoprocessorPlugin plugin;
        try {
            plugin = raw.coprocessors().find(request.getCoprName(), request.getCoprVersionReq());
        } catch (IllegalArgumentException notUnderstood) {
            throw new CommandErrorException(String.valueOf(notUnderstood.getMessage()));
        }
        if (plugin == null) {
            throw new CommandErrorException("no coprocessor plugin " + request.getCoprName() + " with a version "
                    + request.getCoprVersionReq());
        }
        return plugin;
    }

    private static RawCoprocessorResponse run(
            RawCoprocessorPlugin plugin, List<Map.Entry<byte[], byte[]>> pairs, RawCoprocessorRequest request)
            throws CommandErrorException {
        try {
            byte[] answer = plugin.answer(pairs, request.getData().toByteArray());
            return RawCoprocessorResponse.newBuilder()
                    .setData(com.google.protobuf.UnsafeByteOperations.unsafeWrap(answer))
                    .build();
        } catch (RuntimeException failed) {
            throw new CommandErrorException(String.valueOf(failed.getMessage()));
        }
    }
}
