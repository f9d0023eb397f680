package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Base64;

/** Confined to one replay. Makes a recorded request concrete. */
final class RequestTemplate {
    /** A term that any region has left behind, and one that none reaches. */
    private static final String OLD_TERM = "1";

    private static final String TERM_AHEAD = "1000000";
    /** What a value that may be anything becomes: an epoch older than any. */
    private static final String ANY = "1";

    private final Placeholders placeholders;

    RequestTemplate(Placeholders placeholders) {
        this.placeholders = placeholders;
    }

    /** The {@code request} of a step with every placeholder replaced. */
    JsonElement fill(JsonElement request, Step step) {
        return fill("", request, step);
    }

    private JsonElement fill(String field, JsonElement element, Step step) {
        if (ByteTemplate.describes(element)) {
            byte[] bytes = ByteTemplate.of(element).bytes();
            return new JsonPrimitive(Base64.getEncoder().encodeToString(bytes));
        }
        if (element.isJsonObject()) {
            JsonObject filled = new JsonObject();
            element.getAsJsonObject().asMap().forEach((name, value) -> filled.add(name, fill(name, value, step)));
            return filled;
        }
        if (element.isJsonArray()) {
            JsonArray filled = new JsonArray();
            element.getAsJsonArray().forEach(value -> filled.add(fill(field, value, step)));
            return filled;
        }
        return fillScalar(field, element, step);
    }

    private JsonElement fillScalar(String field, JsonElement element, Step step) {
        if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
            return element;
        }
        String text = element.getAsString();
        if (text.equals("$ANY")) {
            return new JsonPrimitive(field.equals("term") ? term(step) : ANY);
        }
        return placeholders.resolve(text).<JsonElement>map(JsonPrimitive::new).orElse(element);
    }

    /** Recorded terms are gone; only the step's note tells which side of the present one it was. */
    private static String term(Step step) {
        return step.note().contains("ahead") ? TERM_AHEAD : OLD_TERM;
    }
}
