package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonElement;

/** Immutable. A place in an answer where what was recorded (with placeholders) and what came differ; null = absent. */
record Difference(String path, JsonElement expected, JsonElement actual) {
    private static final int SHOWN_CHARACTERS = 400;

    @Override
    public String toString() {
        return path + ": recorded " + shown(expected) + ", now " + shown(actual);
    }

    private static String shown(JsonElement element) {
        String text = element == null ? "nothing" : element.toString();
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "...";
    }
}
