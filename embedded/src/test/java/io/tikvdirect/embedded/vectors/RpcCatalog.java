package io.tikvdirect.embedded.vectors;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.tikvdirect.proto.keyspacepb.KeyspacepbProto;
import io.tikvdirect.proto.pdpb.PdpbProto;
import io.tikvdirect.proto.resource_manager.ResourceManagerProto;
import io.tikvdirect.proto.tikvpb.TikvpbProto;
import java.util.List;

/** Thread-safe. The RPCs that recordings call, found by the names of their services. */
final class RpcCatalog {
    private static final List<FileDescriptor> FILES = List.of(
            TikvpbProto.getDescriptor(),
            PdpbProto.getDescriptor(),
            KeyspacepbProto.getDescriptor(),
            ResourceManagerProto.getDescriptor());

    private RpcCatalog() {}

    /** The RPC as the schema describes it. */
    static com.google.protobuf.Descriptors.MethodDescriptor rpc(String service, String rpc) {
        for (FileDescriptor file : FILES) {
            for (ServiceDescriptor candidate : file.getServices()) {
                if (candidate.getFullName().equals(service) && candidate.findMethodByName(rpc) != null) {
                    return candidate.findMethodByName(rpc);
                }
            }
        }
        throw new IllegalArgumentException("the schema has no " + service + "/" + rpc);
    }

    /** The same RPC as gRPC calls it. */
    static MethodDescriptor<DynamicMessage, DynamicMessage> method(
            com.google.protobuf.Descriptors.MethodDescriptor rpc) {
        return MethodDescriptor.<DynamicMessage, DynamicMessage>newBuilder()
                .setType(type(rpc))
                .setFullMethodName(
                        MethodDescriptor.generateFullMethodName(rpc.getService().getFullName(), rpc.getName()))
                .setRequestMarshaller(marshaller(rpc.getInputType()))
                .setResponseMarshaller(marshaller(rpc.getOutputType()))
                .build();
    }

    private static MethodDescriptor.Marshaller<DynamicMessage> marshaller(Descriptor type) {
        return ProtoUtils.marshaller(DynamicMessage.getDefaultInstance(type));
    }

    private static MethodType type(com.google.protobuf.Descriptors.MethodDescriptor rpc) {
        if (rpc.isClientStreaming()) {
            return rpc.isServerStreaming() ? MethodType.BIDI_STREAMING : MethodType.CLIENT_STREAMING;
        }
        return rpc.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY;
    }
}
