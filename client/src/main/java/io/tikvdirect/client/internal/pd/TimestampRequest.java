package io.tikvdirect.client.internal.pd;

import io.tikvdirect.client.TikvException;

/**
 * Used by PD's event loop from the moment it is handed over. A caller who waits for a timestamp, told once by {@link
 * #onTimestamp} or {@link #onNoTimestamp}. Whatever goes on with the timestamp implements this itself, so that asking for
 * one makes no further object.
 */
public interface TimestampRequest {

    /** {@return when to give up, {@link System#nanoTime()} based; always the same until it is told} */
    long deadlineNs();

    /** {@return whether somebody still waits; one that nobody waits for is ended without asking PD} */
    default boolean isWanted() {
        return true;
    }

    /**
     * The timestamp has come. Called on PD's event loop; must not block.
     *
     * @param timestamp greater than all that were given out before it was asked for
     */
    void onTimestamp(long timestamp);

    /**
     * There will be no timestamp. Called on PD's event loop, or on the asking thread when it is refused at once.
     *
     * @param failure why
     */
    void onNoTimestamp(TikvException failure);
}
