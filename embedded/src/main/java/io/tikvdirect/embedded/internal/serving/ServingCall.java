package io.tikvdirect.embedded.internal.serving;

import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. One gRPC call being served: answers may come from the event loop and, after a delay, from the timer, in any
 * order; each is sent whole and flushed once.
 *
 * @param <R> the response messages
 */
final class ServingCall<R> implements CallControl {
    private final ServerCall<?, R> call;
    private final AcceptedConnections.@Nullable Http2Stream stream;
    private boolean headersSent;
    private boolean ended;

    /** Must be made on the event loop while it opens the call's stream: see {@link AcceptedConnections#opening}. */
    ServingCall(ServerCall<?, R> call, AcceptedConnections connections) {
        this.call = call;
        this.stream = connections.opening(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
    }

    synchronized void send(R response) {
        if (ended) {
            return;
        }
        if (!headersSent) {
            headersSent = true;
            call.sendHeaders(new Metadata());
        }
        call.sendMessage(response);
    }

    synchronized void sendAndComplete(R response) {
        send(response);
        complete();
    }

    synchronized void complete() {
        end(Status.OK);
    }

    /** The client is gone: nothing is sent any more. */
    synchronized void abandon() {
        ended = true;
    }

    @Override
    public synchronized void fail(Status status) {
        end(status);
    }

    @Override
    public void resetStream() {
        if (stream != null) {
            stream.reset();
        }
    }

    @Override
    public void goAway(boolean refusing) {
        if (stream != null) {
            stream.goAway(refusing);
        }
    }

    @Override
    public void closeConnection() {
        if (stream != null) {
            stream.closeConnection();
        }
    }

    private void end(Status status) {
        if (!ended) {
            ended = true;
            call.close(status, new Metadata());
        }
    }
}
