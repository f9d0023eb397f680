package io.tikvdirect.client;

import java.util.List;

/**
 * Immutable. What a client has done so far. Numbers of one snapshot may be a few operations apart from each other.
 *
 * @param inFlight operations under way
 * @param inFlightLimit the size of the window
 * @param backoffs back-offs taken since the client was opened
 * @param timeouts operations that ended at their deadline
 * @param callbackFailures callbacks and listeners that threw
 * @param directBytes direct memory that this client's pool of buffers holds, in use or not; the pool rarely gives any back
 *     before the client is closed, so this is close to the most there was
 * @param worstOverrunNanos how far the worst operation outlived its deadline, in nanoseconds; 0 when none did. An
 *     operation normally ends up to 10 ms late, the tick of the event loops
 * @param worstLoopDelayNanos how late an event loop ran a timer at worst, in nanoseconds: large when the machine is busy or
 *     a callback blocks a loop; overruns of that size are its doing
 * @param circuitOpenings how often the circuit breaker before the Placement Driver opened
 * @param circuitRefusals look-ups it refused
 * @param slowRequests requests that a store did not answer for {@code slow.after}
 * @param hangingRequests requests that a store did not answer for {@code slow.hanging-after}
 * @param failedAttempts attempts that took {@code slow.failed-after} and failed without an answer
 * @param stores one entry per connection, stores in the order of their ids
 */
public record ClientMetrics(
        int inFlight,
        int inFlightLimit,
        long backoffs,
        long timeouts,
        long callbackFailures,
        long directBytes,
        long worstOverrunNanos,
        long worstLoopDelayNanos,
        long circuitOpenings,
        long circuitRefusals,
        long slowRequests,
        long hangingRequests,
        long failedAttempts,
        List<StoreMetrics> stores) {

    /** Copies the list. */
    public ClientMetrics {
        stores = List.copyOf(stores);
    }

    /**
     * Immutable. One connection to a store.
     *
     * @param storeId the store
     * @param connection index of the connection, from 0
     * @param sent requests written, repeated attempts included
     * @param answered answers matched to a request
     * @param unknownAnswers answers whose id nobody waited for: late, repeated or made up
     * @param batches BatchCommands messages written
     * @param flushes flushes asked of the transport
     * @param wakeUps times a sleeping event loop was told about new requests
     * @param streamFailures streams that ended
     * @param connectFailures connection attempts that failed
     * @param recycled connections closed because nothing was sent for long
     * @param inFlight requests written and not answered
     * @param batchSizeP50 median of requests per message
     * @param batchSizeP99 99th percentile of requests per message
     * @param batchSizeMax largest message
     */
    public record StoreMetrics(
            long storeId,
            int connection,
            long sent,
            long answered,
            long unknownAnswers,
            long batches,
            long flushes,
            long wakeUps,
            long streamFailures,
            long connectFailures,
            long recycled,
            int inFlight,
            long batchSizeP50,
            long batchSizeP99,
            long batchSizeMax) {}
}
