package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.codec.wire.MalformedMessageException;

/**
 * What becomes of an {@link Operation}. Exactly one of {@link #onResponse} and {@link #onFailure} ends each round of an
 * operation; the listener then owns the operation and either releases it or sends it off again.
 */
public interface OperationListener {

    /**
     * The store answered. Called on the loop that read the answer.
     *
     * <p>Implementations look for a region error first and hand it to {@link SlowPath#onRegionError}.
     *
     * @param operation the operation, now owned by the callee
     * @param message holds the answer; <i>borrowed</i>, may be retained
     * @param offset where the answer's body begins
     * @param length its length
     * @throws MalformedMessageException when the answer cannot be decoded; the operation then still belongs to the
     *     caller, which fails it
     */
    void onResponse(Operation operation, ByteBuf message, int offset, int length) throws MalformedMessageException;

    /**
     * The operation failed for good. Called on any thread of the client.
     *
     * @param operation the operation, now owned by the callee
     * @param failure why
     */
    void onFailure(Operation operation, TikvException failure);

    /**
     * The operation may be sent again: look up where to, and send it. Called on an event loop after a back-off or a region
     * load, never deep inside another call of the listener.
     *
     * @param operation the operation, now owned by the callee
     */
    void onRoute(Operation operation);
}
