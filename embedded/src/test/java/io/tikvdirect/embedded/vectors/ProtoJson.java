package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;

/** Thread-safe. Messages as protojson with the field names of the .proto files, and back. */
final class ProtoJson {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();
    private static final JsonFormat.Parser PARSER = JsonFormat.parser();

    private ProtoJson() {}

    /**
     * Builds a message.
     *
     * @throws IllegalArgumentException when the schema has no room for {@code json}
     */
    static DynamicMessage message(JsonElement json, Descriptor type) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        try {
            PARSER.merge(json.toString(), message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(type.getFullName() + " has no room for the recorded message", e);
        }
        return message.build();
    }

    static JsonElement json(MessageOrBuilder message) {
        try {
            return JsonParser.parseString(PRINTER.print(message));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
