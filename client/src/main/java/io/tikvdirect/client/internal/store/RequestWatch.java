package io.tikvdirect.client.internal.store;

import org.jspecify.annotations.Nullable;

/** Thread-safe. Sees the requests of a call or a transaction, every attempt of each. */
public interface RequestWatch {

    /**
     * A request is about to be written. Called on its event loop.
     *
     * @param operation that is sent; <i>borrowed</i>
     */
    void onSent(Operation operation);

    /**
     * An attempt has ended. Called on any thread of the client.
     *
     * @param operation that was sent; <i>borrowed</i>
     * @param elapsedNs since it was written
     * @param failure why there is no answer; null when there is one
     */
    void onEnd(Operation operation, long elapsedNs, @Nullable String failure);

    /**
     * Another attempt is going to be made, after a pause.
     *
     * @param delayNs how long the pause is
     */
    void onPause(long delayNs);
}
