package io.tikvdirect.integration.differential;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;

/**
 * Immutable by convention: nobody changes the object. One answer of a stack.
 *
 * @param fields the line of JSON
 */
record JsonAnswer(JsonObject fields) {
    static JsonAnswer parse(Stack stack, String line) throws IOException {
        try {
            JsonObject fields = JsonParser.parseString(line).getAsJsonObject();
            if (!fields.has("ok")) {
                throw new IOException(stack.name() + " answered without \"ok\": " + line);
            }
            return new JsonAnswer(fields);
        } catch (JsonParseException | IllegalStateException e) {
            throw new IOException(stack.name() + " answered what is no JSON object: " + line, e);
        }
    }

    boolean ok() {
        return fields.get("ok").getAsBoolean();
    }

    /** The code of the failure; empty if there was none. */
    String code() {
        return ok() ? "" : fields.getAsJsonObject("error").get("code").getAsString();
    }

    String message() {
        return ok() ? "" : fields.getAsJsonObject("error").get("message").getAsString();
    }

    boolean isNotServed() {
        return code().equals("UNSUPPORTED");
    }

    /** The timestamp that later statements may refer to; 0 if the answer has none. */
    long timestamp() {
        JsonElement ts = fields.has("ts") ? fields.get("ts") : fields.get("commit_ts");
        return ts == null ? 0 : ts.getAsLong();
    }
}
