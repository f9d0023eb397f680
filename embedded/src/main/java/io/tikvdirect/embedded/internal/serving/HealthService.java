package io.tikvdirect.embedded.internal.serving;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;

/**
 * Immutable. {@code grpc.health.v1.Health/Check}, which clients ask of a store that they took for unreachable; a server
 * that answers at all is serving. Its two messages are declared here, by that protocol's field numbers.
 */
public final class HealthService {
    private static final int SERVING = 1;

    private HealthService() {}

    /** Adds the service to {@code server}. */
    public static void register(LoopbackServer server, RequestGate gate) {
        FileDescriptor file = file();
        Descriptor answer = file.findMessageTypeByName("HealthCheckResponse");
        DynamicMessage serving = DynamicMessage.newBuilder(answer)
                .setField(answer.findFieldByName("status"), SERVING)
                .build();
        Command<DynamicMessage, DynamicMessage> check = new Command<>(
                "Check",
                DynamicMessage.getDefaultInstance(file.findMessageTypeByName("HealthCheckRequest")),
                DynamicMessage.getDefaultInstance(answer),
                request -> serving,
                request -> 0);
        server.serve(file.findServiceByName("Health"), gate, service -> service.add(check));
    }

    private static FileDescriptor file() {
        FileDescriptorProto declaration = FileDescriptorProto.newBuilder()
                .setName("health.proto")
                .setPackage("grpc.health.v1")
                .setSyntax("proto3")
                .addMessageType(message("HealthCheckRequest", "service", FieldDescriptorProto.Type.TYPE_STRING))
                // An enum on the wire is a number.
                .addMessageType(message("HealthCheckResponse", "status", FieldDescriptorProto.Type.TYPE_INT32))
                .addService(ServiceDescriptorProto.newBuilder()
                        .setName("Health")
                        .addMethod(MethodDescriptorProto.newBuilder()
                                .setName("Check")
                                .setInputType(".grpc.health.v1.HealthCheckRequest")
                                .setOutputType(".grpc.health.v1.HealthCheckResponse")))
                .build();
        try {
            return FileDescriptor.buildFrom(declaration, new FileDescriptor[0]);
        } catch (DescriptorValidationException wrong) {
            throw new IllegalStateException(wrong);
        }
    }

    private static DescriptorProto message(String name, String field, FieldDescriptorProto.Type type) {
        return DescriptorProto.newBuilder()
                .setName(name)
                .addField(FieldDescriptorProto.newBuilder()
                        .setName(field)
                        .setNumber(1)
                        .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                        .setType(type))
                .build();
    }
}
