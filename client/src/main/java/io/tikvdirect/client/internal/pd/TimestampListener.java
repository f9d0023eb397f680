package io.tikvdirect.client.internal.pd;

import org.jspecify.annotations.Nullable;

/** Called once, on any thread. Waits for a timestamp. */
@FunctionalInterface
public interface TimestampListener {

    /**
     * The wait is over.
     *
     * @param timestamp the timestamp; 0 when there is a failure
     * @param failure why there is none, or null
     */
    void onEnd(long timestamp, @Nullable Throwable failure);
}
