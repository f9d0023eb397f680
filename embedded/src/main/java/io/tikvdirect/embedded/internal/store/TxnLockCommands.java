package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.internal.data.Memcomparable;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.txn.MvccDebug;
import io.tikvdirect.embedded.internal.txn.TxnException;
import io.tikvdirect.proto.kvrpcpb.MvccGetByKeyRequest;
import io.tikvdirect.proto.kvrpcpb.MvccGetByKeyResponse;
import io.tikvdirect.proto.kvrpcpb.MvccGetByStartTsRequest;
import io.tikvdirect.proto.kvrpcpb.MvccGetByStartTsResponse;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackResponse;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import io.tikvdirect.proto.kvrpcpb.ResolveLockResponse;
import io.tikvdirect.proto.kvrpcpb.ScanLockRequest;
import io.tikvdirect.proto.kvrpcpb.ScanLockResponse;

/** Thread-safe. The commands that find and settle locks, and those that show what a key has. */
final class TxnLockCommands {
    private final TxnAccess txn;
    private final MvccDebug debug;

    TxnLockCommands(TxnAccess txn) {
        this.txn = txn;
        this.debug = new MvccDebug(txn.engine());
    }

    ScanLockResponse scan(ScanLockRequest request) throws RegionErrorException {
        txn.limit().requireGiven(request.getContext(), request.getMaxVersion());
        Region region = txn.writing(request.getContext());
        if (!request.getStartKey().isEmpty()) {
            byte[] start = Memcomparable.encode(request.getStartKey().toByteArray());
            if (!region.contains(start)) {
                throw RegionErrors.keyNotInRegion(start, region);
            }
        }
        return ScanLockResponse.newBuilder()
                .addAllLocks(txn.locks().scan(region, request))
                .build();
    }

    ResolveLockResponse resolve(ResolveLockRequest request) throws RegionErrorException, TxnException {
        txn.locks().resolve(txn.writing(request.getContext()), request);
        return ResolveLockResponse.getDefaultInstance();
    }

    PessimisticRollbackResponse rollbackPessimistic(PessimisticRollbackRequest request)
            throws RegionErrorException, TxnException {
        txn.locks().rollbackPessimistic(txn.writing(request.getContext()), request);
        return PessimisticRollbackResponse.getDefaultInstance();
    }

    MvccGetByKeyResponse byKey(MvccGetByKeyRequest request) throws RegionErrorException, TxnException {
        Region region = txn.writing(request.getContext());
        return MvccGetByKeyResponse.newBuilder()
                .setInfo(debug.byKey(region, request.getKey()))
                .build();
    }

    MvccGetByStartTsResponse byStartTs(MvccGetByStartTsRequest request) throws RegionErrorException {
        return debug.byStartTs(txn.writing(request.getContext()), request.getStartTs());
    }
}
