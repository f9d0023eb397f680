package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.internal.region.Store;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.BroadcastTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.BroadcastTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.TxnStatus;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread-safe. Tells all stores what is known of a large transaction, so that reads pass its locks without asking
 * (PIP-03, PIP-05). A hint: a store that does not hear of it, or forgets, asks as for any lock.
 */
final class StatusBroadcast {

    /** Stores told at a time, and how long each gets (client-go: 10, 5 s). */
    private static final int AT_A_TIME = 10;

    private static final long STORE_S = 5;

    private final TxnEngine engine;
    private final List<Store> stores;
    private final BroadcastTxnStatusRequest request;
    private final AtomicInteger next = new AtomicInteger();

    private StatusBroadcast(TxnEngine engine, TxnStatus status) {
        this.engine = engine;
        this.stores = RangeDestruction.stores(engine);
        this.request =
                BroadcastTxnStatusRequest.newBuilder().addTxnStatus(status).build();
    }

    /** Tells all stores, in the background. */
    static void send(TxnEngine engine, TxnStatus status) {
        StatusBroadcast broadcast = new StatusBroadcast(engine, status);
        for (int i = 0; i < AT_A_TIME; i++) {
            broadcast.tellNext();
        }
    }

    /** It will not commit before a timestamp. */
    static TxnStatus alive(long startTs, long minCommitTs) {
        return TxnStatus.newBuilder()
                .setStartTs(startTs)
                .setMinCommitTs(minCommitTs)
                .build();
    }

    /**
     * It is over.
     *
     * @param commitTs 0: rolled back
     * @param withoutLocks whether all its locks are gone
     */
    static TxnStatus over(long startTs, long commitTs, boolean withoutLocks) {
        return TxnStatus.newBuilder()
                .setStartTs(startTs)
                .setMinCommitTs(commitTs)
                .setCommitTs(commitTs)
                .setRolledBack(commitTs == 0)
                .setIsCompleted(withoutLocks)
                .build();
    }

    private void tellNext() {
        int store = next.getAndIncrement();
        if (store < stores.size()) {
            engine.background()
                    .run(
                            "telling a store of a transaction",
                            done -> engine.askStore(
                                    OperationKind.BROADCAST_TXN_STATUS,
                                    stores.get(store),
                                    request,
                                    BroadcastTxnStatusResponse.parser(),
                                    TxnEngine.backgroundDeadlineNs(STORE_S),
                                    TxnEngine.promise(
                                            told -> {
                                                done.succeed(true);
                                                tellNext();
                                            },
                                            failure -> {
                                                done.fail(failure);
                                                tellNext();
                                            })));
        }
    }
}
