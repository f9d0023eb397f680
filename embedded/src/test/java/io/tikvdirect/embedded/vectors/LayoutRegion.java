package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonObject;
import java.util.Base64;

/** Immutable. A region that a scenario needs, by its keys as requests carry them and its bounds as PD has them. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record LayoutRegion(byte[] startKey, byte[] endKey, byte[] startBoundary, byte[] endBoundary) {
    static LayoutRegion of(JsonObject region) {
        return new LayoutRegion(
                bytes(region, "start_key"),
                bytes(region, "end_key"),
                bytes(region, "start_boundary"),
                bytes(region, "end_boundary"));
    }

    private static byte[] bytes(JsonObject region, String name) {
        return Base64.getDecoder().decode(region.get(name).getAsString());
    }
}
