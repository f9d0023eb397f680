package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.RawSpace.ColumnFamily;
import io.tikvdirect.embedded.internal.data.RawValue;
import io.tikvdirect.embedded.internal.data.SortedSnapshot;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.RawBatchDeleteRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchDeleteResponse;
import io.tikvdirect.proto.kvrpcpb.RawBatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawBatchPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchPutResponse;
import java.util.ArrayList;
import java.util.List;

/** Thread-safe. The raw commands on several keys. */
final class RawBatchCommands {
    private final RawAccess raw;

    RawBatchCommands(RawAccess raw) {
        this.raw = raw;
    }

    RawBatchGetResponse get(RawBatchGetRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_batch_get", request.getContext());
        for (ByteString key : request.getKeysList()) {
            raw.rules().requireRawKey("raw_batch_get", key);
        }
        Region region = raw.reading(request.getContext());
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        SortedSnapshot<RawValue> pairs = raw.pairs(family);
        RawBatchGetResponse.Builder response = RawBatchGetResponse.newBuilder();
        for (ByteString key : request.getKeysList()) {
            addPair(key, region, pairs, response);
        }
        return response.build();
    }

    /** Missing keys are left out; a foreign key is an error of its own beside the good pairs. */
    private void addPair(
            ByteString key, Region region, SortedSnapshot<RawValue> pairs, RawBatchGetResponse.Builder response) {
        byte[] stored = raw.keys().stored(key);
        if (!region.contains(stored)) {
            response.addPairs(
                    KvPair.newBuilder().setError(KeyError.newBuilder().setAbort(RegionErrors.outside(stored, region))));
            return;
        }
        RawValue value = raw.living(pairs, stored);
        if (value != null) {
            response.addPairs(KvPair.newBuilder().setKey(key).setValue(value.bytes()));
        }
    }

    RawBatchPutResponse put(RawBatchPutRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_batch_put", request.getContext());
        for (KvPair pair : request.getPairsList()) {
            raw.rules().requireRawKey("raw_batch_put", pair.getKey());
        }
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        for (KvPair pair : request.getPairsList()) {
            raw.rules().requireKeySize(pair.getKey(), request.getForCas());
        }
        requireTtls(request);
        requireSome(request.getPairsCount(), request.getForCas());
        Region region = raw.writing(request.getContext());
        List<byte[]> keys = new ArrayList<>(request.getPairsCount());
        long bytes = 0;
        for (KvPair pair : pairsWithTtl(request)) {
            keys.add(raw.keys().stored(pair.getKey()));
            bytes += pair.getKey().size() + (long) pair.getValue().size();
        }
        requireWritable(keys, bytes, region);
        raw.space().update(family, pairs -> withPairs(pairs, keys, request));
        return RawBatchPutResponse.getDefaultInstance();
    }

    private SortedSnapshot<RawValue> withPairs(
            SortedSnapshot<RawValue> before, List<byte[]> keys, RawBatchPutRequest request) {
        SortedSnapshot<RawValue> pairs = before;
        for (int i = 0; i < keys.size(); i++) {
            pairs = pairs.with(keys.get(i), raw.expiring(request.getPairs(i).getValue(), ttl(request, i)));
        }
        return pairs;
    }

    RawBatchDeleteResponse delete(RawBatchDeleteRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_batch_delete", request.getContext());
        for (ByteString key : request.getKeysList()) {
            raw.rules().requireRawKey("raw_batch_delete", key);
        }
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        for (ByteString key : request.getKeysList()) {
            raw.rules().requireKeySize(key, request.getForCas());
        }
        requireSome(request.getKeysCount(), request.getForCas());
        Region region = raw.writing(request.getContext());
        List<byte[]> keys =
                request.getKeysList().stream().map(raw.keys()::stored).toList();
        requireWritable(keys, 0, region);
        raw.space().update(family, pairs -> without(pairs, keys));
        return RawBatchDeleteResponse.getDefaultInstance();
    }

    private static SortedSnapshot<RawValue> without(SortedSnapshot<RawValue> before, List<byte[]> keys) {
        SortedSnapshot<RawValue> pairs = before;
        for (byte[] key : keys) {
            pairs = pairs.without(key);
        }
        return pairs;
    }

    private void requireWritable(List<byte[]> keys, long bytes, Region region) throws RegionErrorException {
        raw.requireEntrySize(bytes, region);
        for (byte[] key : keys) {
            raw.requireWritable(key, region);
        }
    }

    /** Atomic batches go through the scheduler, which is content with nothing to do (scheduler.rs). */
    private static void requireSome(int count, boolean atomic) throws CommandErrorException {
        if (count == 0 && !atomic) {
            throw new CommandErrorException("an empty request");
        }
    }

    /**
     * One time to live for all pairs, or one for each; the deprecated field is ignored. A store without times to live
     * does not count them (storage/mod.rs, {@code check_ttl_valid}).
     */
    private void requireTtls(RawBatchPutRequest request) throws CommandErrorException {
        for (long ttl : request.getTtlsList()) {
            raw.rules().requireTtlAllowed(ttl);
        }
        if (raw.rules().hasTtl() && request.getTtlsCount() > 1 && request.getTtlsCount() != request.getPairsCount()) {
            throw new CommandErrorException("The length of ttls does not equal to the length of pairs");
        }
    }

    /** TiKV lines pairs and times to live up and forgets what has no partner. */
    private static List<KvPair> pairsWithTtl(RawBatchPutRequest request) {
        int ttls = request.getTtlsCount();
        return ttls > 1
                ? request.getPairsList().subList(0, Math.min(ttls, request.getPairsCount()))
                : request.getPairsList();
    }

    private static long ttl(RawBatchPutRequest request, int pair) {
        return switch (request.getTtlsCount()) {
            case 0 -> 0;
            case 1 -> request.getTtls(0);
            default -> request.getTtls(pair);
        };
    }
}
