package io.tikvdirect.client.raw;

import io.tikvdirect.client.TikvException;

/**
 * Receives the outcome of operations of the direct face. One instance may serve any number of operations at once.
 *
 * <p>Exactly one of the two methods is called, once, for every operation that was accepted (the submitting method
 * returned true), normally on an event loop of the client. It must not block: everything else on that store waits. It
 * may submit further operations. What it throws is counted and logged and hurts no other operation.
 */
public interface DirectCallback {

    /**
     * The operation succeeded.
     *
     * @param correlationId the number given at submission
     * @param view the result, <i>borrowed</i>: valid during this call only, unless {@link ResultView#retain() retained}
     */
    void onCompleted(long correlationId, ResultView view);

    /**
     * The operation failed.
     *
     * @param correlationId the number given at submission
     * @param failure what happened; see {@link TikvException#isRetryable()} and {@link TikvException#isUndetermined()}
     */
    void onFailed(long correlationId, TikvException failure);
}
