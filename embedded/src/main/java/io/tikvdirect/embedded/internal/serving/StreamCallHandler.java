package io.tikvdirect.embedded.internal.serving;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;

/**
 * Thread-safe. Serves the streams of one command: each request message is answered by one response message. A client that
 * does not read is not read from either.
 *
 * @param <Q> the request messages
 * @param <R> the response messages
 */
final class StreamCallHandler<Q extends Message, R extends Message> implements ServerCallHandler<Q, R> {
    private final Command<Q, R> command;
    private final RequestGate gate;
    private final AcceptedConnections connections;

    StreamCallHandler(Command<Q, R> command, RequestGate gate, AcceptedConnections connections) {
        this.command = command;
        this.gate = gate;
        this.connections = connections;
    }

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        ServingCall<R> serving = new ServingCall<>(call, connections);
        call.request(1);
        return new PacedListener<>(call) {
            @Override
            void onRequest(Q request) {
                gate.pass(command, request, serving, serving::send);
            }

            @Override
            public void onHalfClose() {
                serving.complete();
            }

            @Override
            public void onCancel() {
                serving.abandon();
            }
        };
    }
}
