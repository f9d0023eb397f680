package io.tikvdirect.client.txn;

/** Thread-safe. Hears of every request that a transaction sends for its reads, locks and commit (TXN-17). */
@FunctionalInterface
public interface RequestListener {

    /**
     * A request was answered, or its answer was given up. Called on an event loop, where nothing may block; what it throws
     * is logged and hurts nobody.
     *
     * @param request what is known of it
     */
    void onRequest(RequestReport request);
}
