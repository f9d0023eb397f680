package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.store.Operation;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stateless. Gives up what a transaction has locked with values. */
final class Rollback {

    private static final long ROLLBACK_S = 20;

    private Rollback() {}

    /** Removes locks and sees to it that late ones never come (TXN-07). */
    static void inBackground(TxnEngine engine, List<byte[]> keys, long startTs) {
        engine.background()
                .run(
                        "rolling back",
                        done -> KeyGroupCall.send(
                                engine,
                                OperationKind.KV_BATCH_ROLLBACK,
                                keys,
                                part -> {
                                    BatchRollbackRequest.Builder request =
                                            BatchRollbackRequest.newBuilder().setStartVersion(startTs);
                                    part.forEach(key -> request.addKeys(engine.storeKey(key)));
                                    return request.build();
                                },
                                BatchRollbackResponse.parser(),
                                (answer, part, operation) -> failure(engine, answer, operation),
                                TxnEngine.backgroundDeadlineNs(ROLLBACK_S),
                                done));
    }

    private static @Nullable TikvException failure(
            TxnEngine engine, BatchRollbackResponse answer, Operation operation) {
        return answer.hasError() ? engine.errors().of(answer.getError(), LockRemoval.details(operation)) : null;
    }
}
