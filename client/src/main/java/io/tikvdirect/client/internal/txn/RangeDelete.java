package io.tikvdirect.client.internal.txn;

import com.google.protobuf.MessageLite;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.proto.kvrpcpb.DeleteRangeRequest;
import io.tikvdirect.proto.kvrpcpb.DeleteRangeResponse;
import org.jspecify.annotations.Nullable;

/** Owned by one thread at a time. Deletes all versions of all keys of a range, region after region (GC-05). */
final class RangeDelete {

    private final TxnEngine engine;
    private final boolean announceOnly;
    private final long deadlineNs;
    private final Promise<Long> promise;
    private @Nullable KeyRange rest;
    private long regions;

    /**
     * A deletion not begun.
     *
     * @param range of user keys, not empty
     * @param announceOnly whether it is only told to those who watch the log
     * @param promise told how many regions that were
     */
    RangeDelete(TxnEngine engine, KeyRange range, boolean announceOnly, long deadlineNs, Promise<Long> promise) {
        this.engine = engine;
        this.rest = range;
        this.announceOnly = announceOnly;
        this.deadlineNs = deadlineNs;
        this.promise = promise;
    }

    void next() {
        KeyRange left = rest;
        if (left == null) {
            promise.succeed(regions);
            return;
        }
        RangeRequest.send(
                engine,
                OperationKind.KV_DELETE_RANGE,
                left,
                this::request,
                DeleteRangeResponse.parser(),
                deadlineNs,
                TxnEngine.promise(answer -> onDeleted(answer, left), promise::fail));
    }

    private MessageLite request(KeyRange part) {
        byte[] end = part.end().length == 0 ? engine.greatestKeyBound() : part.end();
        return DeleteRangeRequest.newBuilder()
                .setStartKey(engine.storeKey(part.start()))
                .setEndKey(engine.storeEnd(end))
                .setNotifyOnly(announceOnly)
                .build();
    }

    private void onDeleted(RangeRequest.Answer<DeleteRangeResponse> answer, KeyRange range) {
        String error = answer.message().getError();
        if (!error.isEmpty()) {
            promise.fail(new ServerException(
                    ErrorCode.SERVER_ERROR,
                    "the store refused to delete the range: " + error,
                    FailureDetails.of(OperationKind.KV_DELETE_RANGE.label())
                            .lastServerError(error)
                            .build(),
                    null));
            return;
        }
        regions++;
        rest = RangeRequest.behind(answer.part(), range);
        next();
    }
}
