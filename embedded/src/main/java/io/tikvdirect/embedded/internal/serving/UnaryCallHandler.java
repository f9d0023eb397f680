package io.tikvdirect.embedded.internal.serving;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Serves the unary calls of one command.
 *
 * @param <Q> the request
 * @param <R> the response
 */
final class UnaryCallHandler<Q extends Message, R extends Message> implements ServerCallHandler<Q, R> {
    private final Command<Q, R> command;
    private final RequestGate gate;
    private final AcceptedConnections connections;

    UnaryCallHandler(Command<Q, R> command, RequestGate gate, AcceptedConnections connections) {
        this.command = command;
        this.gate = gate;
        this.connections = connections;
    }

    @Override
    public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        // Two, so that a second message of a broken client is noticed.
        call.request(2);
        return new Listener(new ServingCall<>(call, connections));
    }

    private final class Listener extends ServerCall.Listener<Q> {
        private final ServingCall<R> call;
        private @Nullable Q request;

        Listener(ServingCall<R> call) {
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            if (request != null) {
                call.fail(Status.INTERNAL.withDescription("too many requests"));
            }
            request = message;
        }

        @Override
        public void onHalfClose() {
            if (request == null) {
                call.fail(Status.INTERNAL.withDescription("half-closed without a request"));
                return;
            }
            gate.pass(command, request, call, call::sendAndComplete);
        }

        @Override
        public void onCancel() {
            call.abandon();
        }
    }
}
