package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.SortedSnapshot;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.LockType;
import io.tikvdirect.embedded.internal.mvcc.MvccSpace;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.proto.kvrpcpb.BatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.BufferBatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.GetRequest;
import io.tikvdirect.proto.kvrpcpb.GetResponse;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.ScanRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Thread-safe. The commands that read, each at one timestamp from one state of the keys. */
public final class TxnReads {
    private static final GetResponse NOT_FOUND =
            GetResponse.newBuilder().setNotFound(true).build();

    private final TxnEngine engine;

    /** Reads from {@code engine}. */
    public TxnReads(TxnEngine engine) {
        this.engine = engine;
    }

    private MvccSpace.State state(SnapshotRead read) {
        if (read.raisesMaxTs()) {
            engine.maxTs().raise(read.ts());
        }
        return engine.space().now();
    }

    /** KvGet. */
    public GetResponse get(Region region, GetRequest request) throws TxnException {
        SnapshotRead read = SnapshotRead.of(request.getContext(), request.getVersion(), request.getNeedCommitTs());
        MvccSpace.State state = state(read);
        TxnKey key = TxnKey.of(request.getKey());
        Workspace.requireInside(key, region);
        SnapshotRead.Found found = read.read(key, state.get(key.stored()));
        if (found == null) {
            return NOT_FOUND;
        }
        return GetResponse.newBuilder()
                .setValue(found.value())
                .setCommitTs(request.getNeedCommitTs() ? found.commitTs() : 0)
                .build();
    }

    /** KvBatchGet: pairs of the keys that are there or locked, in the order asked. */
    public List<KvPair> batchGet(Region region, BatchGetRequest request) throws TxnException {
        SnapshotRead read = SnapshotRead.of(request.getContext(), request.getVersion(), request.getNeedCommitTs());
        MvccSpace.State state = state(read);
        List<KvPair> pairs = new ArrayList<>();
        for (ByteString asked : request.getKeysList()) {
            TxnKey key = TxnKey.of(asked);
            try {
                Workspace.requireInside(key, region);
                SnapshotRead.Found found = read.read(key, state.get(key.stored()));
                if (found != null) {
                    long commitTs = request.getNeedCommitTs() ? found.commitTs() : 0;
                    pairs.add(KvPair.newBuilder()
                            .setKey(asked)
                            .setValue(found.value())
                            .setCommitTs(commitTs)
                            .build());
                }
            } catch (TxnException inTheWay) {
                pairs.add(KvPair.newBuilder().setError(inTheWay.error()).build());
            }
        }
        return pairs;
    }

    /** KvScan: the pairs between two stored keys, {@code end} empty = to the end. */
    public List<KvPair> scan(byte[] start, byte[] end, ScanRequest request) throws TxnException {
        SnapshotRead read = SnapshotRead.of(request.getContext(), request.getVersion(), false);
        SortedSnapshot<KeyRecord> keys = state(read).keys();
        ScanResult result = new ScanResult(read, request);
        if (request.getLimit() != 0) {
            if (request.getReverse()) {
                keys.descend(start, end, result);
            } else {
                keys.ascend(start, end, result);
            }
        }
        return result.pairs();
    }

    /** KvBufferBatchGet: what the transaction itself has flushed, in the order of keys; deleted keys have no value. */
    public List<KvPair> bufferBatchGet(Region region, BufferBatchGetRequest request) throws TxnException {
        engine.maxTs().raise(request.getVersion());
        MvccSpace.State state = engine.space().now();
        TreeMap<byte[], TxnKey> keys = new TreeMap<>(Arrays::compareUnsigned);
        for (ByteString asked : request.getKeysList()) {
            TxnKey key = TxnKey.of(asked);
            Workspace.requireInside(key, region);
            keys.put(key.stored(), key);
        }
        List<KvPair> pairs = new ArrayList<>();
        for (TxnKey key : keys.values()) {
            TxnLock lock = state.get(key.stored()).lock();
            if (lock != null && lock.startTs() == request.getVersion() && isFlushed(lock)) {
                ByteString value = lock.value();
                pairs.add(KvPair.newBuilder()
                        .setKey(key.user())
                        .setValue(value == null ? ByteString.EMPTY : value)
                        .build());
            }
        }
        return pairs;
    }

    private static boolean isFlushed(TxnLock lock) {
        return lock.type() == LockType.PUT || lock.type() == LockType.DELETE;
    }
}
