package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Base64;

/**
 * Immutable. A bytes value too long, or too arbitrary, to be written out: a prefix, followed by one byte many times or
 * by a known count of any bytes.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ByteTemplate(byte[] prefix, byte[] repeated, int times, int anyBytes) {
    static boolean describes(JsonElement element) {
        return element.isJsonObject() && element.getAsJsonObject().has("$prefix");
    }

    static ByteTemplate of(JsonElement element) {
        JsonObject object = element.getAsJsonObject();
        return new ByteTemplate(
                bytes(object, "$prefix"),
                bytes(object, "$repeat"),
                count(object, "$times"),
                count(object, "$any_bytes"));
    }

    /** The bytes, where they are all known. */
    byte[] bytes() {
        if (anyBytes > 0) {
            throw new IllegalStateException("some of the bytes may be any");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(prefix.length + repeated.length * times);
        out.writeBytes(prefix);
        for (int i = 0; i < times; i++) {
            out.writeBytes(repeated);
        }
        return out.toByteArray();
    }

    boolean matches(byte[] actual) {
        if (anyBytes == 0) {
            return Arrays.equals(actual, bytes());
        }
        return actual.length == prefix.length + anyBytes
                && Arrays.equals(actual, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] bytes(JsonObject object, String name) {
        return object.has(name) ? Base64.getDecoder().decode(object.get(name).getAsString()) : new byte[0];
    }

    private static int count(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsInt() : 0;
    }
}
