package io.tikvdirect.embedded.internal.pd;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.DynamicMessage;
import io.tikvdirect.embedded.internal.serving.Command;
import io.tikvdirect.embedded.internal.serving.ServiceBuilder;
import java.util.function.Supplier;

/**
 * Thread-safe. The one method of etcd, which lives inside of PD, that transactional clients insist on at their start:
 * {@code etcdserverpb.Cluster/MemberList}. Its few messages are declared here, by etcd's field numbers.
 */
final class EtcdMembers {
    static final long MEMBER_ID = 1;

    private final FileDescriptor file;
    private final long clusterId;
    private final Supplier<String> url;

    EtcdMembers(long clusterId, Supplier<String> url) {
        this.clusterId = clusterId;
        this.url = url;
        try {
            this.file = FileDescriptor.buildFrom(declaration(), new FileDescriptor[0]);
        } catch (DescriptorValidationException wrong) {
            throw new IllegalStateException(wrong);
        }
    }

    ServiceDescriptor service() {
        return file.findServiceByName("Cluster");
    }

    ServiceBuilder register(ServiceBuilder service) {
        DynamicMessage request = DynamicMessage.getDefaultInstance(file.findMessageTypeByName("MemberListRequest"));
        DynamicMessage response = DynamicMessage.getDefaultInstance(file.findMessageTypeByName("MemberListResponse"));
        return service.add(new Command<>("MemberList", request, response, asked -> members(), asked -> 0));
    }

    private DynamicMessage members() {
        DynamicMessage header = set(file.findMessageTypeByName("ResponseHeader"), "cluster_id", clusterId)
                .setField(file.findMessageTypeByName("ResponseHeader").findFieldByName("member_id"), MEMBER_ID)
                .build();
        Descriptor memberType = file.findMessageTypeByName("Member");
        DynamicMessage member = set(memberType, "ID", MEMBER_ID)
                .setField(memberType.findFieldByName("name"), "pd")
                .addRepeatedField(memberType.findFieldByName("peerURLs"), url.get())
                .addRepeatedField(memberType.findFieldByName("clientURLs"), url.get())
                .build();
        Descriptor listType = file.findMessageTypeByName("MemberListResponse");
        return set(listType, "header", header)
                .addRepeatedField(listType.findFieldByName("members"), member)
                .build();
    }

    private static DynamicMessage.Builder set(Descriptor type, String field, Object value) {
        return DynamicMessage.newBuilder(type).setField(type.findFieldByName(field), value);
    }

    private static FileDescriptorProto declaration() {
        return FileDescriptorProto.newBuilder()
                .setName("etcd_members.proto")
                .setPackage("etcdserverpb")
                .setSyntax("proto3")
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("ResponseHeader")
                        .addField(scalar("cluster_id", 1, FieldDescriptorProto.Type.TYPE_UINT64))
                        .addField(scalar("member_id", 2, FieldDescriptorProto.Type.TYPE_UINT64)))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("Member")
                        .addField(scalar("ID", 1, FieldDescriptorProto.Type.TYPE_UINT64))
                        .addField(scalar("name", 2, FieldDescriptorProto.Type.TYPE_STRING))
                        .addField(repeated("peerURLs", 3).setType(FieldDescriptorProto.Type.TYPE_STRING))
                        .addField(repeated("clientURLs", 4).setType(FieldDescriptorProto.Type.TYPE_STRING)))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("MemberListRequest")
                        .addField(scalar("linearizable", 1, FieldDescriptorProto.Type.TYPE_BOOL)))
                .addMessageType(DescriptorProto.newBuilder()
                        .setName("MemberListResponse")
                        .addField(scalar("header", 1, FieldDescriptorProto.Type.TYPE_MESSAGE)
                                .setTypeName(".etcdserverpb.ResponseHeader"))
                        .addField(repeated("members", 2)
                                .setType(FieldDescriptorProto.Type.TYPE_MESSAGE)
                                .setTypeName(".etcdserverpb.Member")))
                .addService(ServiceDescriptorProto.newBuilder()
                        .setName("Cluster")
                        .addMethod(MethodDescriptorProto.newBuilder()
                                .setName("MemberList")
                                .setInputType(".etcdserverpb.MemberListRequest")
                                .setOutputType(".etcdserverpb.MemberListResponse")))
                .build();
    }

    private static FieldDescriptorProto.Builder scalar(String name, int number, FieldDescriptorProto.Type type) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
                .setType(type);
    }

    private static FieldDescriptorProto.Builder repeated(String name, int number) {
        return FieldDescriptorProto.newBuilder()
                .setName(name)
                .setNumber(number)
                .setLabel(FieldDescriptorProto.Label.LABEL_REPEATED);
    }
}
