package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.data.SortedSnapshot;
import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.ScanRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its caller. Collects what a scan sees. A locked key is a pair with an error only, counts in the limit, and
 * the scan goes on; any other error ends it (SURPRISES 32).
 */
final class ScanResult implements SortedSnapshot.Visitor<KeyRecord> {
    private final SnapshotRead read;
    private final ScanRequest request;
    private final long limit;
    private final long step;
    private final List<KvPair> pairs = new ArrayList<>();
    private long seen;
    private @Nullable TxnException failure;

    ScanResult(SnapshotRead read, ScanRequest request) {
        this.read = read;
        this.request = request;
        this.limit = Integer.toUnsignedLong(request.getLimit());
        this.step = Math.max(1, Integer.toUnsignedLong(request.getSampleStep()));
    }

    List<KvPair> pairs() throws TxnException {
        if (failure != null) {
            throw failure;
        }
        return pairs;
    }

    @Override
    public boolean visit(byte[] stored, KeyRecord record) {
        try {
            TxnKey key = TxnKey.ofStored(stored);
            SnapshotRead.Found found = read.read(key, record);
            if (found != null && seen++ % step == 0) {
                KvPair.Builder pair = KvPair.newBuilder().setKey(key.user());
                pairs.add((request.getKeyOnly() ? pair : pair.setValue(found.value())).build());
            }
        } catch (TxnException inTheWay) {
            if (inTheWay.kind() != TxnException.Kind.LOCKED) {
                failure = inTheWay;
                return false;
            }
            pairs.add(KvPair.newBuilder().setError(inTheWay.error()).build());
        }
        return pairs.size() < limit;
    }
}
