package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.internal.txn.TxnEngine;
import io.tikvdirect.proto.kvrpcpb.BroadcastTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.BroadcastTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.CheckLeaderRequest;
import io.tikvdirect.proto.kvrpcpb.CheckLeaderResponse;
import io.tikvdirect.proto.kvrpcpb.GetHealthFeedbackRequest;
import io.tikvdirect.proto.kvrpcpb.GetHealthFeedbackResponse;
import io.tikvdirect.proto.kvrpcpb.GetLockWaitInfoRequest;
import io.tikvdirect.proto.kvrpcpb.GetLockWaitInfoResponse;
import io.tikvdirect.proto.kvrpcpb.HealthFeedback;
import io.tikvdirect.proto.kvrpcpb.StoreSafeTSRequest;
import io.tikvdirect.proto.kvrpcpb.StoreSafeTSResponse;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Thread-safe. What a store tells about itself as a whole. */
final class StoreStatus {
    /** The score of a store that is not slow. */
    private static final int HEALTHY = 1;

    private final long storeId;
    private final LongSupplier safeTimestamp;
    private final TxnEngine txn;
    private final AtomicLong feedbackNumber = new AtomicLong();

    StoreStatus(long storeId, LongSupplier safeTimestamp, TxnEngine txn) {
        this.storeId = storeId;
        this.safeTimestamp = safeTimestamp;
        this.txn = txn;
    }

    HealthFeedback health() {
        return HealthFeedback.newBuilder()
                .setStoreId(storeId)
                .setFeedbackSeqNo(feedbackNumber.incrementAndGet())
                .setSlowScore(HEALTHY)
                .build();
    }

    GetHealthFeedbackResponse healthFeedback(GetHealthFeedbackRequest request) {
        return GetHealthFeedbackResponse.newBuilder()
                .setHealthFeedback(health())
                .build();
    }

    /** The least of all replicas of the store; of a range none is kept. */
    StoreSafeTSResponse safeTs(StoreSafeTSRequest request) {
        return request.hasKeyRange()
                ? StoreSafeTSResponse.getDefaultInstance()
                : StoreSafeTSResponse.newBuilder()
                        .setSafeTs(safeTimestamp.getAsLong())
                        .build();
    }

    CheckLeaderResponse checkLeader(CheckLeaderRequest request) {
        return CheckLeaderResponse.getDefaultInstance();
    }

    /** The waits of the whole cluster, which its stores share. */
    GetLockWaitInfoResponse lockWaitInfo(GetLockWaitInfoRequest request) {
        return GetLockWaitInfoResponse.newBuilder().addAllEntries(txn.waits()).build();
    }

    /** A hint for reads, which a store is free to ignore. */
    BroadcastTxnStatusResponse broadcastTxnStatus(BroadcastTxnStatusRequest request) {
        return BroadcastTxnStatusResponse.getDefaultInstance();
    }
}
