package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Immutable. The region boundaries a scenario made itself; all others are its neighbours' affair. */
final class Boundaries {
    private static final int GROUP = 8;

    private final Set<String> known = new HashSet<>();

    private Boundaries() {}

    /** The bounds of the layout and every key that the scenario splits at. */
    static Boundaries of(Scenario scenario) {
        Boundaries boundaries = new Boundaries();
        for (LayoutRegion region : scenario.layout()) {
            boundaries.add(region.startBoundary());
            boundaries.add(region.endBoundary());
        }
        for (Step step : scenario.steps()) {
            splitKeys(step).forEach(boundaries::addSplitKey);
        }
        return boundaries;
    }

    /** Whether {@code base64} is such a boundary. */
    boolean contains(String base64) {
        return known.contains(base64);
    }

    private static List<byte[]> splitKeys(Step step) {
        List<byte[]> keys = new ArrayList<>();
        if (step.get("request").isJsonObject()) {
            step.get("request").getAsJsonObject().asMap().forEach((name, value) -> addKeys(name, value, keys));
        }
        return keys;
    }

    private static void addKeys(String name, JsonElement value, List<byte[]> keys) {
        if (name.equals("split_key")) {
            keys.add(Base64.getDecoder().decode(value.getAsString()));
        } else if (name.equals("split_keys")) {
            value.getAsJsonArray().forEach(key -> keys.add(Base64.getDecoder().decode(key.getAsString())));
        }
    }

    /** Stores take user keys and encode them, PD takes what is a boundary already. */
    private void addSplitKey(byte[] key) {
        add(key);
        add(memcomparable(key));
    }

    private void add(byte[] boundary) {
        known.add(Base64.getEncoder().encodeToString(boundary));
    }

    /** Groups of eight bytes, zero-padded, each followed by 255 less the padding. */
    static byte[] memcomparable(byte[] key) {
        int groups = key.length / GROUP + 1;
        byte[] encoded = new byte[groups * (GROUP + 1)];
        for (int group = 0; group < groups; group++) {
            byte[] bytes = Arrays.copyOfRange(key, group * GROUP, group * GROUP + GROUP);
            int padding = Math.max(0, group * GROUP + GROUP - key.length);
            System.arraycopy(bytes, 0, encoded, group * (GROUP + 1), GROUP);
            encoded[group * (GROUP + 1) + GROUP] = (byte) (0xff - padding);
        }
        return encoded;
    }
}
