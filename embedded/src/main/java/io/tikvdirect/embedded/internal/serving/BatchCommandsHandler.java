package io.tikvdirect.embedded.internal.serving;

import com.google.protobuf.Message;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.tikvdirect.proto.kvrpcpb.HealthFeedback;
import io.tikvdirect.proto.tikvpb.BatchCommandsEmptyResponse;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest.Request.CmdCase;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Thread-safe. Serves BatchCommands streams. All requests of a message run at once on the event loop and are answered by
 * one message, one flush; what a fault delays is answered alone when it is due. As recorded from TiKV: answers carry the
 * ids they were asked with, a request without a command gets a response without one, surplus requests without ids are
 * dropped, and health feedback rides on a stream's first message.
 */
public final class BatchCommandsHandler implements ServerCallHandler<BatchCommandsRequest, BatchCommandsResponse> {
    private static final BatchCommandsResponse.Response NO_COMMAND =
            BatchCommandsResponse.Response.getDefaultInstance();

    private final Map<CmdCase, BatchedCommand<?, ?>> commands = new EnumMap<>(CmdCase.class);
    private final RequestGate gate;
    private final AcceptedConnections connections;
    private final Supplier<HealthFeedback> health;

    BatchCommandsHandler(
            Collection<BatchedCommand<?, ?>> commands,
            RequestGate gate,
            AcceptedConnections connections,
            Supplier<HealthFeedback> health) {
        commands.forEach(command -> this.commands.put(command.place(), command));
        this.gate = gate;
        this.connections = connections;
        this.health = health;
    }

    @Override
    public ServerCall.Listener<BatchCommandsRequest> startCall(
            ServerCall<BatchCommandsRequest, BatchCommandsResponse> call, Metadata headers) {
        Stream stream = new Stream(new ServingCall<>(call, connections));
        call.request(1);
        return new PacedListener<>(call) {
            @Override
            void onRequest(BatchCommandsRequest request) {
                stream.serve(request);
            }

            @Override
            public void onHalfClose() {
                stream.completeWhenAnswered();
            }

            @Override
            public void onCancel() {
                stream.call.abandon();
            }
        };
    }

    /** Thread-safe through its call; {@link #serve} is confined to the event loop. */
    private final class Stream {
        private final ServingCall<BatchCommandsResponse> call;
        private boolean answered;
        private boolean halfClosed;
        private int unanswered;

        Stream(ServingCall<BatchCommandsResponse> call) {
            this.call = call;
        }

        void serve(BatchCommandsRequest message) {
            Answers answers = new Answers(this);
            int count = Math.min(message.getRequestIdsCount(), message.getRequestsCount());
            expect(count);
            for (int i = 0; i < count; i++) {
                serve(message.getRequestIds(i), message.getRequests(i), answers);
            }
            answers.sendTogether();
        }

        private void serve(long id, BatchCommandsRequest.Request request, Answers answers) {
            switch (request.getCmdCase()) {
                case CMD_NOT_SET -> answers.add(id, NO_COMMAND);
                case EMPTY -> serveEmpty(id, request, answers);
                default -> serveCommand(id, request, answers);
            }
        }

        private void serveEmpty(long id, BatchCommandsRequest.Request request, Answers answers) {
            BatchCommandsResponse.Response response = BatchCommandsResponse.Response.newBuilder()
                    .setEmpty(BatchCommandsEmptyResponse.newBuilder()
                            .setTestId(request.getEmpty().getTestId()))
                    .build();
            gate.later(request.getEmpty().getDelayTime(), () -> answers.add(id, response));
        }

        private void serveCommand(long id, BatchCommandsRequest.Request request, Answers answers) {
            BatchedCommand<?, ?> command = commands.get(request.getCmdCase());
            if (command == null) {
                call.fail(Status.UNIMPLEMENTED.withDescription(
                        request.getCmdCase() + " is not served by the embedded cluster"));
            } else {
                pass(command, id, request, answers);
            }
        }

        private <Q extends Message, R extends Message> void pass(
                BatchedCommand<Q, R> batched, long id, BatchCommandsRequest.Request request, Answers answers) {
            gate.pass(batched.command(), batched.read().apply(request), call, response -> {
                BatchCommandsResponse.Response.Builder place = BatchCommandsResponse.Response.newBuilder();
                batched.write().accept(place, response);
                answers.add(id, place.build());
            });
        }

        synchronized void send(BatchCommandsResponse.Builder message) {
            if (!answered) {
                answered = true;
                message.setHealthFeedback(health.get());
            }
            call.send(message.build());
            unanswered -= message.getRequestIdsCount();
            completeIfDone();
        }

        private synchronized void expect(int answers) {
            unanswered += answers;
        }

        /** A client that has no more to ask still gets what it asked for; so the call may outlive its half-close. */
        synchronized void completeWhenAnswered() {
            halfClosed = true;
            completeIfDone();
        }

        private void completeIfDone() {
            if (halfClosed && unanswered == 0) {
                call.complete();
            }
        }
    }

    /** Thread-safe. The answers to one message: together those there at once, alone those that come later. */
    private static final class Answers {
        private final Stream stream;
        private final BatchCommandsResponse.Builder together = BatchCommandsResponse.newBuilder();
        private boolean sent;

        Answers(Stream stream) {
            this.stream = stream;
        }

        synchronized void add(long id, BatchCommandsResponse.Response response) {
            if (sent) {
                stream.send(BatchCommandsResponse.newBuilder().addRequestIds(id).addResponses(response));
            } else {
                together.addRequestIds(id).addResponses(response);
            }
        }

        synchronized void sendTogether() {
            sent = true;
            if (together.getRequestIdsCount() > 0) {
                stream.send(together);
            }
        }
    }
}
