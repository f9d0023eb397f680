package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.Memcomparable;
import io.tikvdirect.embedded.internal.topology.Keys;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.txn.TxnException;
import io.tikvdirect.embedded.internal.txn.TxnReads;
import io.tikvdirect.proto.kvrpcpb.BatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.BatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.BufferBatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.BufferBatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.GetRequest;
import io.tikvdirect.proto.kvrpcpb.GetResponse;
import io.tikvdirect.proto.kvrpcpb.ScanRequest;
import io.tikvdirect.proto.kvrpcpb.ScanResponse;
import java.util.Arrays;
import java.util.List;

/** Thread-safe. The transactional reads. */
final class TxnReadCommands {
    private final TxnAccess txn;
    private final TxnReads reads;

    TxnReadCommands(TxnAccess txn) {
        this.txn = txn;
        this.reads = new TxnReads(txn.engine());
    }

    GetResponse get(GetRequest request) throws RegionErrorException, CommandErrorException, TxnException {
        txn.rules().requireKeys("get", request.getContext(), List.of(request.getKey()));
        Region region = txn.reading(request.getContext(), request.getVersion());
        GetResponse response = reads.get(region, request);
        txn.onRead(request.getContext(), region, request.getVersion());
        return response;
    }

    BatchGetResponse batchGet(BatchGetRequest request)
            throws RegionErrorException, CommandErrorException, TxnException {
        txn.rules().requireKeys("batch_get", request.getContext(), request.getKeysList());
        Region region = txn.reading(request.getContext(), request.getVersion());
        return BatchGetResponse.newBuilder()
                .addAllPairs(reads.batchGet(region, request))
                .build();
    }

    BufferBatchGetResponse bufferBatchGet(BufferBatchGetRequest request)
            throws RegionErrorException, CommandErrorException, TxnException {
        txn.rules().requireKeys("buffer_batch_get", request.getContext(), request.getKeysList());
        Region region = txn.reading(request.getContext(), request.getVersion());
        return BufferBatchGetResponse.newBuilder()
                .addAllPairs(reads.bufferBatchGet(region, request))
                .build();
    }

    ScanResponse scan(ScanRequest request) throws RegionErrorException, CommandErrorException, TxnException {
        txn.rules().requireRange("scan", request.getContext(), request.getStartKey(), request.getEndKey());
        Region region = txn.reading(request.getContext(), request.getVersion());
        ByteString lower = request.getReverse() ? request.getEndKey() : request.getStartKey();
        ByteString upper = request.getReverse() ? request.getStartKey() : request.getEndKey();
        // A forward scan has a start and a reverse scan an upper bound, even if empty.
        byte[] start = lower.isEmpty() && request.getReverse() ? region.start() : stored(lower);
        byte[] end = upper.isEmpty() && !request.getReverse() ? region.end() : stored(upper);
        requireInside(request, start, end, region);
        byte[] cut = Keys.minEnd(end, region.end());
        boolean isEmpty = cut.length > 0 && Arrays.compareUnsigned(start, cut) >= 0;
        return isEmpty
                ? ScanResponse.getDefaultInstance()
                : ScanResponse.newBuilder()
                        .addAllPairs(reads.scan(start, cut, request))
                        .build();
    }

    /**
     * As recorded (SURPRISES 11): a start before the region or an end beyond it is refused, in a reverse scan by a region
     * error where the upper bound lies before the region.
     */
    private static void requireInside(ScanRequest request, byte[] start, byte[] end, Region region)
            throws RegionErrorException, TxnException {
        boolean endsInside =
                region.end().length == 0 || (end.length > 0 && Arrays.compareUnsigned(end, region.end()) <= 0);
        if (Arrays.compareUnsigned(start, region.start()) < 0 || !endsInside) {
            throw TxnException.aborted(
                    "InvalidReqRange, [" + Keys.hex(start) + ", " + Keys.hex(end) + ") of region " + region.id());
        }
        if (request.getReverse() && Arrays.compareUnsigned(end, region.start()) < 0) {
            throw RegionErrors.keyNotInRegion(end, region);
        }
    }

    private static byte[] stored(ByteString key) {
        return Memcomparable.encode(key.toByteArray());
    }
}
