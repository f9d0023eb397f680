package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.pd.TimestampRequest;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Used by PD's event loop. One question of a commit to the oracle. It hears one answer, whatever the commit that has asked
 * is used for later.
 */
final class CommitQuestion implements TimestampRequest {

    private final long deadlineNs;
    private final LongConsumer onTimestamp;
    private final Consumer<TikvException> onFailure;
    private boolean answered;

    CommitQuestion(long deadlineNs, LongConsumer onTimestamp, Consumer<TikvException> onFailure) {
        this.deadlineNs = deadlineNs;
        this.onTimestamp = onTimestamp;
        this.onFailure = onFailure;
    }

    @Override
    public long deadlineNs() {
        return deadlineNs;
    }

    @Override
    public boolean isWanted() {
        return !answered;
    }

    @Override
    public void onTimestamp(long timestamp) {
        if (!answered) {
            answered = true;
            onTimestamp.accept(timestamp);
        }
    }

    @Override
    public void onNoTimestamp(TikvException failure) {
        if (!answered) {
            answered = true;
            onFailure.accept(failure);
        }
    }
}
