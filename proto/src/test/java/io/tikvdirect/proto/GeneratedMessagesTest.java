package io.tikvdirect.proto;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every generated class does what its descriptor says. */
class GeneratedMessagesTest {

    /** A value some later server may send; it must survive. */
    private static final int UNKNOWN_ENUM_NUMBER = 12_345;

    private static final Map<String, SchemaRow> FIELDS =
            SchemaTable.parse(SchemaTable.lines("schema.tsv")).rows().stream()
                    .filter(row -> row.kind().equals("field"))
                    .collect(Collectors.toMap(SchemaRow::name, Function.identity()));

    static List<FileDescriptor> files() {
        return GeneratedSchema.files();
    }

    @ParameterizedTest
    @MethodSource("files")
    void classesAreFoundUnderThePackageOfTheProtoFile(final FileDescriptor file) {
        assertThat(file.getOptions().getJavaPackage()).isEqualTo("io.tikvdirect.proto." + file.getPackage());
        assertThat(GeneratedSchema.messages(file))
                .allSatisfy(message -> assertThat(defaultInstance(message).getDescriptorForType())
                        .isSameAs(message));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFieldTravelsUnderTheNumberOfTheTable(final FileDescriptor file) {
        GeneratedSchema.messages(file)
                .flatMap(message -> message.getFields().stream())
                .forEach(GeneratedMessagesTest::travels);
    }

    private static void travels(final FieldDescriptor field) {
        final Message prototype = defaultInstance(field.getContainingType());
        final Message sent = with(prototype.newBuilderForType(), field);
        final byte[] wire = sent.toByteArray();
        try {
            assertThat(WireFormat.getTagFieldNumber(
                            CodedInputStream.newInstance(wire).readTag()))
                    .as(field.getFullName())
                    .isEqualTo(Integer.parseInt(
                            FIELDS.get(field.getFullName()).traits().get("number")));
            assertThat(prototype.getParserForType().parseFrom(wire))
                    .as(field.getFullName())
                    .isEqualTo(sent);
        } catch (final IOException e) {
            throw new AssertionError(field.getFullName(), e);
        }
    }

    private static Message with(final Message.Builder builder, final FieldDescriptor field) {
        final Object value = sample(builder, field);
        return (field.isRepeated() ? builder.addRepeatedField(field, value) : builder.setField(field, value)).build();
    }

    private static Object sample(final Message.Builder builder, final FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case INT -> 7;
            case LONG -> 1L << 40;
            case FLOAT -> 0.5f;
            case DOUBLE -> 0.25d;
            case BOOLEAN -> true;
            case STRING -> "sample";
            case BYTE_STRING -> ByteString.copyFromUtf8("sample");
            case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(UNKNOWN_ENUM_NUMBER);
            case MESSAGE -> builder.newBuilderForField(field).build();
        };
    }

    private static Message defaultInstance(final Descriptor message) {
        try {
            return (Message) Class.forName(className(message))
                    .getMethod("getDefaultInstance")
                    .invoke(null);
        } catch (final ReflectiveOperationException e) {
            throw new LinkageError(message.getFullName(), e);
        }
    }

    private static String className(final Descriptor message) {
        return message.getContainingType() == null
                ? message.getFile().getOptions().getJavaPackage() + '.' + message.getName()
                : className(message.getContainingType()) + '$' + message.getName();
    }
}
