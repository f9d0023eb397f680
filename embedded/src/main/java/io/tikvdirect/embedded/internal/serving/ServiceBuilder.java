package io.tikvdirect.embedded.internal.serving;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.tikvdirect.proto.kvrpcpb.HealthFeedback;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse;
import java.util.Collection;
import java.util.function.Supplier;

/**
 * Confined to its caller. Makes a gRPC service out of commands and the service's descriptor. Methods without a command
 * are UNIMPLEMENTED, by grpc-java itself.
 */
public final class ServiceBuilder {
    private final ServiceDescriptor service;
    private final RequestGate gate;
    private final AcceptedConnections connections;
    private final ServerServiceDefinition.Builder definition;

    ServiceBuilder(ServiceDescriptor service, RequestGate gate, AcceptedConnections connections) {
        this.service = service;
        this.gate = gate;
        this.connections = connections;
        this.definition = ServerServiceDefinition.builder(service.getFullName());
    }

    /**
     * Adds a command under its method; streaming ones answer each request message.
     *
     * @throws IllegalArgumentException when the service has no such method
     */
    public <Q extends Message, R extends Message> ServiceBuilder add(Command<Q, R> command) {
        MethodDescriptor method = service.findMethodByName(command.rpc());
        if (method == null) {
            throw new IllegalArgumentException(service.getFullName() + " has no method " + command.rpc());
        }
        boolean streaming = method.isClientStreaming() || method.isServerStreaming();
        MethodType type = streaming ? MethodType.BIDI_STREAMING : MethodType.UNARY;
        ServerCallHandler<Q, R> handler = streaming
                ? new StreamCallHandler<>(command, gate, connections)
                : new UnaryCallHandler<>(command, gate, connections);
        definition.addMethod(describe(command.rpc(), type, command.request(), command.response()), handler);
        return this;
    }

    /** Adds the BatchCommands method. */
    public ServiceBuilder addBatchCommands(Collection<BatchedCommand<?, ?>> commands, Supplier<HealthFeedback> health) {
        definition.addMethod(
                describe(
                        "BatchCommands",
                        MethodType.BIDI_STREAMING,
                        BatchCommandsRequest.getDefaultInstance(),
                        BatchCommandsResponse.getDefaultInstance()),
                new BatchCommandsHandler(commands, gate, connections, health));
        return this;
    }

    ServerServiceDefinition build() {
        return definition.build();
    }

    private <Q extends Message, R extends Message> io.grpc.MethodDescriptor<Q, R> describe(
            String rpc, MethodType type, Q request, R response) {
        return io.grpc.MethodDescriptor.<Q, R>newBuilder()
                .setType(type)
                .setFullMethodName(io.grpc.MethodDescriptor.generateFullMethodName(service.getFullName(), rpc))
                .setRequestMarshaller(ProtoUtils.marshaller(request))
                .setResponseMarshaller(ProtoUtils.marshaller(response))
                .build();
    }
}
