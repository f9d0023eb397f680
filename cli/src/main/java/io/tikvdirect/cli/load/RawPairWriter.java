package io.tikvdirect.cli.load;

import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.AsyncRawClient;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.ResultView;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Thread-safe. Raw writes by the direct face, which makes no objects of the pairs. By the asynchronous one what that does not
 * do: a batch whose order matters, one that is very large (the direct face keeps the memory of the largest), and waiting for
 * a place in the client's window.
 */
final class RawPairWriter implements PairWriter {
    private static final int MAX_DIRECT_BYTES = 1024 * 1024;

    private final DirectRawClient direct;
    private final AsyncRawClient async;

    RawPairWriter(RawClient client) {
        this.direct = client.direct();
        this.async = client.async();
    }

    @Override
    public CompletionStage<?> write(List<KvPair> pairs) {
        return async.batchPut(pairs);
    }

    @Override
    public CompletionStage<?> write(Batch batch) {
        if (batch.mayRepeatKeys() || batch.bytes() > MAX_DIRECT_BYTES) {
            return write(batch.copyOfPairs());
        }
        Outcome outcome = new Outcome();
        try {
            return direct.batchPut(batch.pairs(), 0, 0, outcome) ? outcome : write(batch.copyOfPairs());
        } catch (TikvException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /** Thread-safe. How a write ended. */
    private static final class Outcome extends CompletableFuture<Boolean> implements DirectCallback {
        @Override
        public void onCompleted(long correlationId, ResultView view) {
            complete(true);
        }

        @Override
        public void onFailed(long correlationId, TikvException failure) {
            completeExceptionally(failure);
        }
    }
}
