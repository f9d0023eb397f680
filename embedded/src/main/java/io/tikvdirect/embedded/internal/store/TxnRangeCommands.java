package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.data.Memcomparable;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.txn.RangeRevision;
import io.tikvdirect.embedded.internal.txn.TxnException;
import io.tikvdirect.proto.kvrpcpb.DeleteRangeRequest;
import io.tikvdirect.proto.kvrpcpb.DeleteRangeResponse;
import io.tikvdirect.proto.kvrpcpb.FlashbackToVersionRequest;
import io.tikvdirect.proto.kvrpcpb.FlashbackToVersionResponse;
import io.tikvdirect.proto.kvrpcpb.PrepareFlashbackToVersionRequest;
import io.tikvdirect.proto.kvrpcpb.PrepareFlashbackToVersionResponse;
import io.tikvdirect.proto.kvrpcpb.UnsafeDestroyRangeRequest;
import io.tikvdirect.proto.kvrpcpb.UnsafeDestroyRangeResponse;
import java.util.Arrays;

/** Thread-safe. The transactional commands on whole ranges. */
final class TxnRangeCommands {
    private final TxnAccess txn;
    private final RangeRevision revision;

    TxnRangeCommands(TxnAccess txn) {
        this.txn = txn;
        this.revision = new RangeRevision(txn.engine());
    }

    /** Removes keys with locks and all versions; {@code notify_only} removes nothing. */
    DeleteRangeResponse delete(DeleteRangeRequest request) throws RegionErrorException, CommandErrorException {
        txn.rules().requireRange("delete_range", request.getContext(), request.getStartKey(), request.getEndKey());
        Region region = txn.writing(request.getContext());
        byte[] start = stored(request.getStartKey());
        byte[] end = stored(request.getEndKey());
        if (Arrays.compareUnsigned(start, end) >= 0) {
            throw RegionErrors.message("the range to delete does not start before its end");
        }
        RawRangeCommands.requireDeletable(start, end, region);
        if (!request.getNotifyOnly()) {
            txn.engine().space().destroyRange(start, end);
        }
        return DeleteRangeResponse.getDefaultInstance();
    }

    /** Removes what is there without asking for regions; a real server ends its process when start is after end. */
    UnsafeDestroyRangeResponse destroy(UnsafeDestroyRangeRequest request) throws CommandErrorException {
        byte[] start = stored(request.getStartKey());
        byte[] end = stored(request.getEndKey());
        if (Arrays.compareUnsigned(start, end) > 0) {
            throw new CommandErrorException("the range to destroy ends before its start");
        }
        txn.engine().space().destroyRange(start, end);
        txn.parts().raw().destroyRange(start, end);
        return UnsafeDestroyRangeResponse.getDefaultInstance();
    }

    /** Closes the region and rolls all of its locks back. */
    PrepareFlashbackToVersionResponse prepareFlashback(PrepareFlashbackToVersionRequest request)
            throws RegionErrorException, TxnException {
        Region region = txn.check().forFlashback(request.getContext());
        txn.parts().flashbacks().prepare(region, request.getStartTs());
        revision.rollBackLocks(region);
        return PrepareFlashbackToVersionResponse.getDefaultInstance();
    }

    /** Writes what was visible at the version as new versions, and opens the region. */
    FlashbackToVersionResponse flashback(FlashbackToVersionRequest request) throws RegionErrorException, TxnException {
        Region region = txn.check().forFlashback(request.getContext());
        boolean prepared = txn.parts().flashbacks().isPrepared(region);
        if (!prepared && revision.hasChanges(region, request)) {
            throw RegionErrors.flashbackNotPrepared(region);
        }
        revision.revise(region, request);
        txn.parts().flashbacks().end(region);
        return FlashbackToVersionResponse.getDefaultInstance();
    }

    private static byte[] stored(ByteString key) {
        return Memcomparable.encode(key.toByteArray());
    }
}
