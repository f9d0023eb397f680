package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.Config;
import io.tikvdirect.transport.TransportOptions;

/**
 * Immutable. What a link needs to know of the configuration.
 *
 * @param maxOperations the client-wide window and reserve; no queue needs to be larger
 * @param storeInFlight requests written and not answered at most; more wait in the link
 * @param batchEntries requests per message at most
 * @param batchBytes bytes per message after which it is closed
 * @param batchWaitNs how long a drain is put off to let a batch grow, in nanoseconds; 0: not at all
 * @param batchWaitLoad the load a store must report for a drain to be put off; 0: any
 * @param idleNs how long a connection may go unused, in nanoseconds; 0: for ever
 * @param probeNs silence before a probe, and how long one may take, in nanoseconds; 0: no probes
 * @param largeBodyBytes bodies from this size on are sent by reference
 * @param transport how connections are made
 */
public record LinkSettings(
        int maxOperations,
        int storeInFlight,
        int batchEntries,
        int batchBytes,
        long batchWaitNs,
        int batchWaitLoad,
        long idleNs,
        long probeNs,
        int largeBodyBytes,
        TransportOptions transport) {

    /**
     * Operations beside the window: those that others wait for while they hold their own place in it, such as resolving a
     * lock that a read has met. Without them a full window of waiting calls would wait for itself.
     */
    public static final int RESERVE = 256;

    /**
     * Takes the settings from a configuration.
     *
     * @param config the configuration
     * @param transport how connections are made
     * @return the settings
     */
    public static LinkSettings of(Config config, TransportOptions transport) {
        return new LinkSettings(
                config.inflightOperations() + RESERVE,
                config.storeInflight(),
                config.batchSize(),
                config.batchBytes(),
                config.batchWait().toNanos(),
                config.batchWaitLoad(),
                config.storeIdleTimeout().toNanos(),
                config.storeProbeTimeout().toNanos(),
                config.largeValue(),
                transport);
    }

    /**
     * How long a drain is put off: the batch policy.
     *
     * @param load what the store last said about its load, in hundredths of a processor
     * @return nanoseconds; 0: not at all
     */
    long waitNs(long load) {
        return load < batchWaitLoad ? 0 : batchWaitNs;
    }
}
