package io.tikvdirect.embedded.internal.pd;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.serving.Command;
import io.tikvdirect.embedded.internal.serving.ServiceBuilder;
import io.tikvdirect.proto.meta_storagepb.DeleteRequest;
import io.tikvdirect.proto.meta_storagepb.DeleteResponse;
import io.tikvdirect.proto.meta_storagepb.GetRequest;
import io.tikvdirect.proto.meta_storagepb.GetResponse;
import io.tikvdirect.proto.meta_storagepb.KeyValue;
import io.tikvdirect.proto.meta_storagepb.PutRequest;
import io.tikvdirect.proto.meta_storagepb.PutResponse;
import io.tikvdirect.proto.meta_storagepb.ResponseHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Thread-safe. {@code meta_storagepb.MetaStorage}: a small store with revisions, where clients look for the settings of
 * resource control at their start.
 */
final class MetaStorageService {
    /** More than any client keeps here; a put beyond is refused. */
    private static final int MAX_PAIRS = 10_000;

    private static final byte[] TO_THE_END = {0};

    private final long clusterId;
    private final TreeMap<byte[], KeyValue> pairs = new TreeMap<>(Arrays::compareUnsigned);
    private long revision = 1;

    MetaStorageService(long clusterId) {
        this.clusterId = clusterId;
    }

    ServiceBuilder register(ServiceBuilder service) {
        return service.add(new Command<>(
                        "Get",
                        GetRequest.getDefaultInstance(),
                        GetResponse.getDefaultInstance(),
                        this::get,
                        request -> 0))
                .add(new Command<>(
                        "Put",
                        PutRequest.getDefaultInstance(),
                        PutResponse.getDefaultInstance(),
                        this::put,
                        request -> 0))
                .add(new Command<>(
                        "Delete",
                        DeleteRequest.getDefaultInstance(),
                        DeleteResponse.getDefaultInstance(),
                        this::delete,
                        request -> 0));
    }

    private synchronized GetResponse get(GetRequest request) {
        NavigableMap<byte[], KeyValue> range = range(request.getKey(), request.getRangeEnd());
        GetResponse.Builder response =
                GetResponse.newBuilder().setHeader(header()).setCount(range.size());
        long limit = request.getLimit() > 0 ? request.getLimit() : Long.MAX_VALUE;
        range.values().stream().limit(limit).forEach(response::addKvs);
        return response.setMore(range.size() > limit).build();
    }

    private synchronized PutResponse put(PutRequest request) {
        byte[] key = request.getKey().toByteArray();
        KeyValue before = pairs.get(key);
        if (before == null && pairs.size() >= MAX_PAIRS) {
            throw io.grpc.Status.RESOURCE_EXHAUSTED
                    .withDescription("the meta storage is full")
                    .asRuntimeException();
        }
        revision++;
        pairs.put(
                key,
                KeyValue.newBuilder()
                        .setKey(request.getKey())
                        .setValue(request.getValue())
                        .setCreateRevision(before == null ? revision : before.getCreateRevision())
                        .setModRevision(revision)
                        .setVersion(before == null ? 1 : before.getVersion() + 1)
                        .setLease(request.getLease())
                        .build());
        PutResponse.Builder response = PutResponse.newBuilder().setHeader(header());
        return (request.getPrevKv() && before != null ? response.setPrevKv(before) : response).build();
    }

    private synchronized DeleteResponse delete(DeleteRequest request) {
        NavigableMap<byte[], KeyValue> range = range(request.getKey(), request.getRangeEnd());
        List<KeyValue> removed = new ArrayList<>(range.values());
        range.clear();
        if (!removed.isEmpty()) {
            revision++;
        }
        DeleteResponse.Builder response =
                DeleteResponse.newBuilder().setHeader(header()).setDeleted(removed.size());
        return (request.getPrevKv() ? response.addAllPrevKvs(removed) : response).build();
    }

    /** As in etcd: no end = the one key, an end of one zero byte = everything from the key on. */
    private NavigableMap<byte[], KeyValue> range(ByteString key, ByteString end) {
        byte[] from = key.toByteArray();
        byte[] to = end.toByteArray();
        if (to.length == 0) {
            return pairs.subMap(from, true, from, true);
        }
        if (Arrays.equals(to, TO_THE_END)) {
            return pairs.tailMap(from, true);
        }
        return Arrays.compareUnsigned(from, to) <= 0
                ? pairs.subMap(from, true, to, false)
                : pairs.subMap(from, true, from, false);
    }

    private ResponseHeader header() {
        return ResponseHeader.newBuilder()
                .setClusterId(clusterId)
                .setRevision(revision)
                .build();
    }
}
