package io.tikvdirect.client.txn;

import io.tikvdirect.client.TikvException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How a commit ended (TXN-20).
 *
 * @param start start timestamp
 * @param attempt how often {@link TransactionClient#run} had begun, from 1
 * @param mode how it was committed, or was going to be when it failed
 * @param commit when it was committed; null when it was not, or when that is not known
 * @param failure why it was not committed, or an {@link io.tikvdirect.client.UndeterminedException}; null when it was
 * @param keys how many keys it wrote or locked
 * @param bytes of keys and values
 * @param elapsed how long the commit took
 * @param phases where that time went
 * @param effort what it took while the caller waited
 */
public record CommitReport(
        Timestamp start,
        int attempt,
        CommitMode mode,
        @Nullable Timestamp commit,
        @Nullable TikvException failure,
        int keys,
        long bytes,
        Duration elapsed,
        Phases phases,
        Effort effort) {

    /**
     * Immutable. How long each phase took; zero for one that there was not. What is left of the whole went between them.
     *
     * @param latch waiting for other commits of this client ({@code txn.latches})
     * @param split splitting regions before a very large commit
     * @param prewrite locking all keys; for a pipelined transaction flushing the rest
     * @param timestamp asking the oracle
     * @param primary committing the primary key
     */
    public record Phases(Duration latch, Duration split, Duration prewrite, Duration timestamp, Duration primary) {}

    /**
     * Immutable. Requests and waiting.
     *
     * @param regions regions that the transaction has keys in, as they were when the commit began; 0 when it is pipelined
     * @param requests requests to stores, those that were sent again included
     * @param backOffs how often a request or a lock was waited for before another attempt
     * @param backOffTime all of that waiting, as if one had followed the other
     */
    public record Effort(int regions, int requests, int backOffs, Duration backOffTime) {}
}
