package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.RawSpace.ColumnFamily;
import io.tikvdirect.embedded.internal.data.RawValue;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.RawCASRequest;
import io.tikvdirect.proto.kvrpcpb.RawCASResponse;
import io.tikvdirect.proto.kvrpcpb.RawDeleteRequest;
import io.tikvdirect.proto.kvrpcpb.RawDeleteResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutResponse;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The raw commands on one key. */
final class RawPointCommands {
    private static final RawGetResponse NOT_FOUND =
            RawGetResponse.newBuilder().setNotFound(true).build();

    private final RawAccess raw;

    RawPointCommands(RawAccess raw) {
        this.raw = raw;
    }

    RawGetResponse get(RawGetRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_get", request.getContext());
        raw.rules().requireRawKey("raw_get", request.getKey());
        Region region = raw.reading(request.getContext());
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        byte[] key = raw.keys().stored(request.getKey());
        raw.requireReadable(key, region);
        RawValue value = raw.living(raw.pairs(family), key);
        return value == null
                ? NOT_FOUND
                : RawGetResponse.newBuilder().setValue(value.bytes()).build();
    }

    RawPutResponse put(RawPutRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_put", request.getContext());
        raw.rules().requireRawKey("raw_put", request.getKey());
        raw.rules().requireKeySize(request.getKey(), request.getForCas());
        raw.rules().requireTtlAllowed(request.getTtl());
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        Region region = raw.writing(request.getContext());
        byte[] key = raw.keys().stored(request.getKey());
        raw.requireEntrySize(key.length + (long) request.getValue().size(), region);
        raw.requireWritable(key, region);
        RawValue value = raw.expiring(request.getValue(), request.getTtl());
        raw.space().update(family, pairs -> pairs.with(key, value));
        return RawPutResponse.getDefaultInstance();
    }

    RawDeleteResponse delete(RawDeleteRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_delete", request.getContext());
        raw.rules().requireRawKey("raw_delete", request.getKey());
        raw.rules().requireKeySize(request.getKey(), request.getForCas());
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        Region region = raw.writing(request.getContext());
        byte[] key = raw.keys().stored(request.getKey());
        raw.requireWritable(key, region);
        raw.space().update(family, pairs -> pairs.without(key));
        return RawDeleteResponse.getDefaultInstance();
    }

    RawGetKeyTTLResponse keyTtl(RawGetKeyTTLRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_get_key_ttl", request.getContext());
        raw.rules().requireTtlServer();
        raw.rules().requireRawKey("raw_get_key_ttl", request.getKey());
        Region region = raw.reading(request.getContext());
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        byte[] key = raw.keys().stored(request.getKey());
        raw.requireReadable(key, region);
        RawValue value = raw.living(raw.pairs(family), key);
        if (value == null) {
            return RawGetKeyTTLResponse.newBuilder().setNotFound(true).build();
        }
        long ttl = value.expiresAtSecond() == 0 ? 0 : value.expiresAtSecond() - raw.nowSecond();
        return RawGetKeyTTLResponse.newBuilder().setTtl(ttl).build();
    }

    RawCASResponse compareAndSwap(RawCASRequest request) throws RegionErrorException, CommandErrorException {
        raw.rules().requireApiVersion("raw_compare_and_swap", request.getContext());
        raw.rules().requireRawKey("raw_compare_and_swap", request.getKey());
        ColumnFamily family = raw.rules().columnFamily(request.getCf());
        raw.rules().requireTtlAllowed(request.getTtl());
        Region region = raw.writing(request.getContext());
        byte[] key = raw.keys().stored(request.getKey());
        raw.requireReadable(key, region);
        raw.requireEntrySize(key.length + (long) request.getValue().size(), region);
        RawCASResponse.Builder response = RawCASResponse.newBuilder();
        raw.space().update(family, pairs -> {
            RawValue previous = raw.living(pairs, key);
            describe(previous, response);
            if (!expects(request, previous)) {
                return pairs;
            }
            response.setSucceed(true);
            return request.getDelete()
                    ? pairs.without(key)
                    : pairs.with(key, raw.expiring(request.getValue(), request.getTtl()));
        });
        return response.build();
    }

    private static void describe(@Nullable RawValue previous, RawCASResponse.Builder response) {
        if (previous == null) {
            response.setPreviousNotExist(true);
        } else {
            response.setPreviousValue(previous.bytes());
        }
    }

    /** With previous_not_exist the previous_value is ignored; without it an empty one means present and empty. */
    private static boolean expects(RawCASRequest request, @Nullable RawValue previous) {
        if (request.getPreviousNotExist()) {
            return previous == null;
        }
        ByteString expected = request.getPreviousValue();
        return previous != null && previous.bytes().equals(expected);
    }
}
