package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Confined to one test. Makes up an answer that a recorded one, with its placeholders, must accept. */
final class SampleAnswer {
    private static final Pattern OTHER = Pattern.compile("\\$OTHER(\\d+)");
    private static final Pattern TIMESTAMP_IN_TEXT = Pattern.compile("<(T[^>]*)>");

    private final Placeholders placeholders;

    SampleAnswer(Placeholders placeholders) {
        this.placeholders = placeholders;
    }

    JsonElement of(JsonElement recorded) {
        if (ByteTemplate.describes(recorded)) {
            return new JsonPrimitive(Base64.getEncoder().encodeToString(bytes(ByteTemplate.of(recorded))));
        }
        if (recorded.isJsonObject()) {
            JsonObject object = new JsonObject();
            recorded.getAsJsonObject().asMap().forEach((name, value) -> object.add(name, of(value)));
            return object;
        }
        if (recorded.isJsonArray()) {
            JsonArray array = new JsonArray();
            recorded.getAsJsonArray().forEach(value -> array.add(of(value)));
            return array;
        }
        boolean isText =
                recorded.isJsonPrimitive() && recorded.getAsJsonPrimitive().isString();
        return isText ? ofText(recorded.getAsString()) : recorded;
    }

    private static byte[] bytes(ByteTemplate template) {
        return template.anyBytes() > 0
                ? Arrays.copyOf(template.prefix(), template.prefix().length + template.anyBytes())
                : template.bytes();
    }

    private JsonElement ofText(String text) {
        Matcher other = OTHER.matcher(text);
        if (other.matches()) {
            return new JsonPrimitive("100000" + other.group(1));
        }
        if (text.startsWith("$ANYPEERS*")) {
            return peers(Integer.parseInt(text.substring(text.indexOf('*') + 1)));
        }
        return new JsonPrimitive(placeholders.resolve(text).orElseGet(() -> inside(text)));
    }

    private String inside(String text) {
        String filled = text.replace("$ADDR", "127.0.0.1:2379")
                .replace("$DATE", "2026-11-23")
                .replace("$SAFETS", Long.toString(placeholders.timestamp()))
                .replace("$MAXINT64-NOW_IN_SECONDS", Long.toString(Long.MAX_VALUE - placeholders.seconds()))
                .replace("$ANY", "5");
        return TIMESTAMP_IN_TEXT
                .matcher(filled)
                .replaceAll(found -> placeholders.resolve(found.group(1)).orElse("7"));
    }

    private static JsonElement peers(int count) {
        JsonArray peers = new JsonArray();
        for (int i = 1; i <= count; i++) {
            peers.add(JsonParser.parseString("{\"id\":\"" + 900 + i + "\",\"store_id\":\"" + i + "\"}"));
        }
        return peers;
    }
}
