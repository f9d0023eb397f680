package io.tikvdirect.proto;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.tikvdirect.proto.apipb.ApipbProto;
import io.tikvdirect.proto.coprocessor.CoprocessorProto;
import io.tikvdirect.proto.deadlock.DeadlockProto;
import io.tikvdirect.proto.disaggregated.DisaggregatedProto;
import io.tikvdirect.proto.disk_usage.DiskUsageProto;
import io.tikvdirect.proto.encryptionpb.EncryptionpbProto;
import io.tikvdirect.proto.eraftpb.EraftpbProto;
import io.tikvdirect.proto.errorpb.ErrorpbProto;
import io.tikvdirect.proto.gcpb.GcpbProto;
import io.tikvdirect.proto.keyspacepb.KeyspacepbProto;
import io.tikvdirect.proto.kvrpcpb.KvrpcpbProto;
import io.tikvdirect.proto.meta_storagepb.MetaStoragepbProto;
import io.tikvdirect.proto.metapb.MetapbProto;
import io.tikvdirect.proto.mpp.MppProto;
import io.tikvdirect.proto.pdpb.PdpbProto;
import io.tikvdirect.proto.raft_serverpb.RaftServerpbProto;
import io.tikvdirect.proto.replication_modepb.ReplicationModepbProto;
import io.tikvdirect.proto.resource_manager.ResourceManagerProto;
import io.tikvdirect.proto.routerpb.RouterpbProto;
import io.tikvdirect.proto.tikvpb.TikvpbProto;
import io.tikvdirect.proto.tracepb.TracepbProto;
import io.tikvdirect.proto.tsopb.TsopbProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Stateless: the generated descriptors, told in the rows of the schema table. */
final class GeneratedSchema {

    private GeneratedSchema() {}

    static List<FileDescriptor> files() {
        return List.of(
                ApipbProto.getDescriptor(),
                CoprocessorProto.getDescriptor(),
                DeadlockProto.getDescriptor(),
                DisaggregatedProto.getDescriptor(),
                DiskUsageProto.getDescriptor(),
                EncryptionpbProto.getDescriptor(),
                EraftpbProto.getDescriptor(),
                ErrorpbProto.getDescriptor(),
                GcpbProto.getDescriptor(),
                KeyspacepbProto.getDescriptor(),
                KvrpcpbProto.getDescriptor(),
                MetaStoragepbProto.getDescriptor(),
                MetapbProto.getDescriptor(),
                MppProto.getDescriptor(),
                PdpbProto.getDescriptor(),
                RaftServerpbProto.getDescriptor(),
                ReplicationModepbProto.getDescriptor(),
                ResourceManagerProto.getDescriptor(),
                RouterpbProto.getDescriptor(),
                TikvpbProto.getDescriptor(),
                TracepbProto.getDescriptor(),
                TsopbProto.getDescriptor());
    }

    /** Every message declared in a file, nested ones included, map entries not. */
    static Stream<Descriptor> messages(final FileDescriptor file) {
        return file.getMessageTypes().stream().flatMap(GeneratedSchema::withNested);
    }

    private static Stream<Descriptor> withNested(final Descriptor message) {
        if (message.getOptions().getMapEntry()) {
            return Stream.empty();
        }
        return Stream.concat(
                Stream.of(message), message.getNestedTypes().stream().flatMap(GeneratedSchema::withNested));
    }

    static List<SchemaRow> rows() {
        final List<SchemaRow> rows = new ArrayList<>();
        files().forEach(file -> addFile(file, rows));
        return rows;
    }

    private static void addFile(final FileDescriptor file, final List<SchemaRow> rows) {
        final Map<String, String> traits =
                Map.of("package", file.getPackage(), "syntax", file.toProto().getSyntax());
        rows.add(new SchemaRow("file", file.getName(), traits));
        file.getEnumTypes().forEach(declared -> addEnum(declared, rows));
        messages(file).forEach(message -> addMessage(message, rows));
        file.getServices().forEach(service -> addService(service, rows));
    }

    private static void addMessage(final Descriptor message, final List<SchemaRow> rows) {
        final String file = message.getFile().getName();
        rows.add(new SchemaRow("message", message.getFullName(), Map.of("file", file)));
        message.getEnumTypes().forEach(declared -> addEnum(declared, rows));
        message.getFields().forEach(field -> rows.add(fieldRow(field)));
    }

    private static void addEnum(final EnumDescriptor declared, final List<SchemaRow> rows) {
        final String name = declared.getFullName();
        rows.add(new SchemaRow("enum", name, Map.of("file", declared.getFile().getName())));
        declared.getValues()
                .forEach(value -> rows.add(new SchemaRow(
                        "value", name + '.' + value.getName(), Map.of("number", Integer.toString(value.getNumber())))));
    }

    private static void addService(final ServiceDescriptor service, final List<SchemaRow> rows) {
        rows.add(new SchemaRow("service", service.getFullName(), Map.of()));
        service.getMethods().forEach(method -> rows.add(rpcRow(method)));
    }

    private static SchemaRow fieldRow(final FieldDescriptor field) {
        final OneofDescriptor oneof = field.getRealContainingOneof();
        final Map<String, String> traits = Map.of(
                "number", Integer.toString(field.getNumber()),
                "type", type(field),
                "label", label(field),
                "oneof", oneof == null ? "" : oneof.getName(),
                "deprecated", Boolean.toString(field.getOptions().getDeprecated()));
        return new SchemaRow("field", field.getFullName(), traits);
    }

    private static String type(final FieldDescriptor field) {
        if (field.isMapField()) {
            final Descriptor entry = field.getMessageType();
            return "map<" + type(entry.findFieldByNumber(1)) + ',' + type(entry.findFieldByNumber(2)) + '>';
        }
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static String label(final FieldDescriptor field) {
        if (field.isRepeated()) {
            return field.isMapField() ? "" : "repeated";
        }
        return field.toProto().getProto3Optional() ? "optional" : "";
    }

    private static SchemaRow rpcRow(final MethodDescriptor method) {
        final String type = method.getInputType().getFullName() + " -> "
                + method.getOutputType().getFullName();
        final String streaming = (method.isClientStreaming() ? "client_stream " : "")
                + (method.isServerStreaming() ? "server_stream" : "");
        return new SchemaRow("rpc", method.getFullName(), Map.of("type", type, "streaming", streaming.strip()));
    }
}
