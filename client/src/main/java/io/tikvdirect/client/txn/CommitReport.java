package io.tikvdirect.client.txn;

import io.tikvdirect.client.TikvException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How a commit ended.
 *
 * @param start start timestamp
 * @param attempt how often {@link TransactionClient#run} had begun, from 1
 * @param mode how it was committed, or was going to be when it failed
 * @param commit when it was committed; null when it was not, or when that is not known
 * @param failure why it was not committed, or an {@link io.tikvdirect.client.UndeterminedException}; null when it was
 * @param keys how many keys it wrote or locked
 * @param bytes of keys and values
 * @param elapsed how long the commit took
 */
public record CommitReport(
        Timestamp start,
        int attempt,
        CommitMode mode,
        @Nullable Timestamp commit,
        @Nullable TikvException failure,
        int keys,
        long bytes,
        Duration elapsed) {}
