package io.tikvdirect.client.internal.events;

import java.util.function.Supplier;

/**
 * Thread-safe (only static functions). Events of the category {@code tikv-direct} in a JDK flight recording. Each costs a
 * look at a switch while nobody records. None belongs to a good start, which would have to load the recorder's classes.
 */
public final class ClientEvents {
    private ClientEvents() {}

    /**
     * An operation waits before it is tried again.
     *
     * @param kind what was met
     * @param cause in words
     * @param delayNs how long it waits
     */
    public static void backOff(String kind, String cause, long delayNs) {
        BackOffEvent event = new BackOffEvent();
        if (event.shouldCommit()) {
            event.kind = kind;
            event.cause = cause;
            event.delay = delayNs;
            event.commit();
        }
    }

    /**
     * A store owes answers for long.
     *
     * @param storeId the store
     * @param count requests that have become slow since the last look
     * @param hanging whether they were slow before
     * @param oldest tells about one of them, with its key as far as the client's redaction shows it
     */
    public static void slowRequests(long storeId, int count, boolean hanging, Supplier<String> oldest) {
        SlowRequestsEvent event = new SlowRequestsEvent();
        if (event.shouldCommit()) {
            event.store = storeId;
            event.count = count;
            event.hanging = hanging;
            event.oldest = oldest.get();
            event.commit();
        }
    }

    /**
     * A connection to a store has ended or could not be made.
     *
     * @param storeId the store
     * @param why in words
     */
    public static void connectionLost(long storeId, String why) {
        ConnectionLostEvent event = new ConnectionLostEvent();
        if (event.shouldCommit()) {
            event.store = storeId;
            event.why = why;
            event.commit();
        }
    }
}
