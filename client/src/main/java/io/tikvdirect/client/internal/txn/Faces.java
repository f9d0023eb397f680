package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.PendingResult;
import io.tikvdirect.client.internal.call.PendingStage;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.TransactionOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Stateless. The two ways of waiting for a promise. */
final class Faces {

    private Faces() {}

    /** The budget of one call of a transaction. */
    static long timeoutNs(TxnEngine engine, TransactionOptions options) {
        Duration timeout = options.timeout();
        return (timeout == null ? engine.config().timeout() : timeout).toNanos();
    }

    /** Starts a call and waits for it. */
    static <T extends @Nullable Object> T await(TxnEngine engine, long timeoutNs, Consumer<Promise<T>> starter) {
        engine.checkMayBlock();
        PendingResult<T> result = new PendingResult<>();
        long deadlineNs = System.nanoTime() + timeoutNs;
        starter.accept(result);
        return result.await(deadlineNs, null, 0);
    }

    /** Starts a call and gives its stage. */
    static <T extends @Nullable Object> PendingStage<T> stage(TxnEngine engine, Consumer<Promise<T>> starter) {
        PendingStage<T> stage = new PendingStage<>(engine.callbackExecutor());
        try {
            starter.accept(stage);
        } catch (TikvException refused) {
            stage.fail(refused);
        } catch (IllegalStateException ended) {
            stage.completeExceptionally(ended);
        }
        return stage;
    }

    /** Keeps a promise of nothing. */
    @SuppressWarnings("NullAway") // NullAway does not see that null is the one Void
    static void succeedVoid(Promise<@Nullable Void> promise) {
        promise.succeed(null);
    }

    /** Keys that the caller may change when the method has returned. */
    static List<byte[]> copies(List<byte[]> keys) {
        return keys.stream().map(byte[]::clone).toList();
    }

    static int pageSize(TxnEngine engine, ScanOptions options) {
        int pairs = options.pageSize() == ScanOptions.DEFAULT_PAGE_SIZE
                ? engine.config().scanPage()
                : options.pageSize();
        return Math.min(pairs, options.limit());
    }

    static ScanCursor cursor(KeyRange range, ScanOptions options) {
        if (options.limit() > ScanOptions.MAX_LIMIT) {
            throw new InvalidArgumentException("the scan limit is " + options.limit() + ", the maximum is "
                    + ScanOptions.MAX_LIMIT + "; use a scanner for more");
        }
        return ScanCursor.start(range.start(), range.end(), options.reverse(), options.limit());
    }
}
