package io.tikvdirect.embedded.internal.serving;

import io.grpc.ServerCall;

/**
 * Confined to the call's event loop. Asks for the next request message only while the client takes the answers, so that
 * what waits to be sent is bounded by the transport's buffer.
 *
 * @param <Q> the request messages
 */
abstract class PacedListener<Q> extends ServerCall.Listener<Q> {
    private final ServerCall<Q, ?> call;
    private boolean owesDemand;

    PacedListener(ServerCall<Q, ?> call) {
        this.call = call;
    }

    abstract void onRequest(Q request);

    @Override
    public final void onMessage(Q message) {
        onRequest(message);
        owesDemand = true;
        payDemand();
    }

    @Override
    public final void onReady() {
        payDemand();
    }

    private void payDemand() {
        if (owesDemand && call.isReady()) {
            owesDemand = false;
            call.request(1);
        }
    }
}
