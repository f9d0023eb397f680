package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.PendingStage;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.pd.TimestampRequest;
import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.TransactionOptions;
import org.jspecify.annotations.Nullable;

/** Holds no state. Stages of the asynchronous face that are what waits for their result themselves. */
final class TransactionStages {

    private TransactionStages() {}

    /** Thread-safe. The wait for a timestamp. */
    abstract static sealed class OfTimestamp<T extends @Nullable Object> extends PendingStage<T>
            implements TimestampRequest {
        private final long deadlineNs;

        OfTimestamp(TxnEngine engine, long timeoutNs) {
            super(engine.callbackExecutor());
            this.deadlineNs = System.nanoTime() + timeoutNs;
        }

        @Override
        public final long deadlineNs() {
            return deadlineNs;
        }

        @Override
        public final void onNoTimestamp(TikvException failure) {
            fail(failure);
        }
    }

    /** Thread-safe. A timestamp that is asked for. */
    static final class Ask extends OfTimestamp<Timestamp> {

        Ask(TxnEngine engine, long timeoutNs) {
            super(engine, timeoutNs);
        }

        @Override
        public void onTimestamp(long timestamp) {
            succeed(new Timestamp(timestamp));
        }
    }

    /** Thread-safe. A transaction that is begun. */
    static final class Begin extends OfTimestamp<AsyncTransaction> {
        private final TxnEngine engine;
        private final TransactionOptions options;

        Begin(TxnEngine engine, TransactionOptions options, long timeoutNs) {
            super(engine, timeoutNs);
            this.engine = engine;
            this.options = options;
        }

        @Override
        public void onTimestamp(long timestamp) {
            AsyncTransaction begun;
            try {
                begun = new TransactionFace.Async(engine, options, timestamp, 1);
            } catch (RuntimeException refused) {
                completeExceptionally(refused);
                return;
            }
            succeed(begun);
        }
    }

    /** Thread-safe. A commit. */
    static final class Commit extends PendingStage<Timestamp> {

        Commit(TxnEngine engine) {
            super(engine.callbackExecutor());
        }

        /** What the commit tells. */
        Promise<Long> promise() {
            return new Committed(this);
        }
    }

    private record Committed(Commit stage) implements Promise<Long> {
        @Override
        public void succeed(Long commitTs) {
            stage.succeed(new Timestamp(commitTs));
        }

        @Override
        public void fail(TikvException failure) {
            stage.fail(failure);
        }
    }
}
