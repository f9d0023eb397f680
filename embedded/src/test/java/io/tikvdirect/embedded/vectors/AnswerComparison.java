package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Confined to one replay. Compares answers with recorded ones by the rules in {@code vectors/README.md}: the recorded
 * answer is a pattern of exact values and placeholders. It remembers which regions outside of the layout it has met.
 */
final class AnswerComparison {
    /** Measurements, which the recordings leave out. */
    private static final Set<String> MEASUREMENTS = Set.of("exec_details_v2", "exec_details", "stats");

    private static final String SEND_TIME = "_send_time_ns";
    private static final Set<String> TEXTS = Set.of("message", "error", "abort", "retryable", "grpc_message");
    private static final Set<String> SETS = Set.of("peers", "answers_by_id");
    private static final String OTHER_REGION = "$OTHER";

    private final Placeholders placeholders;
    private final ScalarComparison scalars;
    private final Boundaries boundaries;
    private final Map<String, String> otherRegions = new HashMap<>();
    private ComparisonRules rules;
    private List<Difference> differences;

    AnswerComparison(Placeholders placeholders, Boundaries boundaries) {
        this.placeholders = placeholders;
        this.boundaries = boundaries;
        this.scalars = new ScalarComparison(placeholders);
    }

    /** The differences between {@code expected} as recorded and {@code actual}; none = alike. */
    List<Difference> compare(JsonElement expected, JsonElement actual, ComparisonRules rulesOfStep) {
        rules = rulesOfStep;
        differences = new ArrayList<>();
        compare("", "", expected, actual);
        return differences;
    }

    private void compare(String path, String field, JsonElement expected, JsonElement actual) {
        if (isAbsent(expected) || isAbsent(actual)) {
            if (isAbsent(expected) != isAbsent(actual)) {
                differ(path, expected, actual);
            }
        } else if (ByteTemplate.describes(expected)) {
            compareBytes(path, expected, actual);
        } else if (expected.isJsonObject()) {
            compareObjects(path, expected, actual);
        } else if (expected.isJsonArray()) {
            compareArrays(path, field, expected.getAsJsonArray(), actual);
        } else if (!scalarsAlike(path, field, expected, actual)) {
            differ(path, expected, actual);
        }
    }

    private boolean scalarsAlike(String path, String field, JsonElement expected, JsonElement actual) {
        String text = expected.getAsString();
        if (text.startsWith("$ANYPEERS*")) {
            int count = Integer.parseInt(text.substring(text.indexOf('*') + 1));
            return actual.isJsonArray() && actual.getAsJsonArray().size() == count;
        }
        if (text.equals("$ANY")) {
            return true;
        }
        if (!actual.isJsonPrimitive()) {
            return false;
        }
        String found = actual.getAsString();
        if (TEXTS.contains(field)) {
            return !found.isEmpty() && (!isRaw(path) || RawErrorText.of(text) == RawErrorText.of(found));
        }
        return scalars.alike(text, found) || (field.equals("ttl") && found.equals(rules.alternativeTtl()));
    }

    /** Whether an answer to a raw command is being looked at, alone or in a batch, and not its region error. */
    private boolean isRaw(String path) {
        return (rules.rpc().startsWith("Raw") || path.contains(".Raw")) && !path.contains("region_error");
    }

    private void compareBytes(String path, JsonElement expected, JsonElement actual) {
        byte[] bytes = Base64.getDecoder().decode(actual.getAsString());
        if (!ByteTemplate.of(expected).matches(bytes)) {
            differ(path, expected, actual);
        }
    }

    private void compareObjects(String path, JsonElement expected, JsonElement actual) {
        if (!actual.isJsonObject()) {
            differ(path, expected, actual);
            return;
        }
        JsonObject pattern = expected.getAsJsonObject();
        JsonObject found = actual.getAsJsonObject();
        if (isOtherRegion(pattern)) {
            compareOtherRegions(path, pattern, found);
            return;
        }
        Set<String> names = new LinkedHashSet<>(pattern.keySet());
        names.addAll(found.keySet());
        names.removeIf(name -> MEASUREMENTS.contains(name) || name.endsWith(SEND_TIME));
        for (String name : names) {
            compare(path + "." + name, name, pattern.get(name), found.get(name));
        }
    }

    private void compareArrays(String path, String field, JsonArray expected, JsonElement actual) {
        if (!actual.isJsonArray()) {
            differ(path, expected, actual);
        } else if (SETS.contains(field) || rules.arbitraryOrder()) {
            compareSets(path, expected, actual.getAsJsonArray());
        } else {
            compareLists(path, field, expected, actual.getAsJsonArray());
        }
    }

    private void compareLists(String path, String field, JsonArray expected, JsonArray actual) {
        int common = Math.min(expected.size(), actual.size());
        for (int i = 0; i < common; i++) {
            compare(path + "[" + i + "]", "", expected.get(i), actual.get(i));
        }
        if (!(field.equals("current_regions") && rules.openNeighbours() && restIsOthers(expected, actual, common))
                && expected.size() != actual.size()) {
            differ(path, expected, actual);
        }
    }

    /** Whether behind {@code from} neither list has a region of the layout. */
    private boolean restIsOthers(JsonArray expected, JsonArray actual, int from) {
        for (int i = from; i < expected.size(); i++) {
            if (!isOtherRegion(expected.get(i).getAsJsonObject())) {
                return false;
            }
        }
        for (int i = from; i < actual.size(); i++) {
            if (placeholders.isLayoutRegion(id(actual.get(i).getAsJsonObject()))) {
                return false;
            }
        }
        return true;
    }

    private void compareSets(String path, JsonArray expected, JsonArray actual) {
        List<JsonElement> rest = new ArrayList<>(actual.asList());
        for (JsonElement element : expected) {
            if (!removeAlike(rest, element)) {
                differ(path, expected, actual);
                return;
            }
        }
        if (!rest.isEmpty()) {
            differ(path, expected, actual);
        }
    }

    private boolean removeAlike(List<JsonElement> candidates, JsonElement expected) {
        for (int i = 0; i < candidates.size(); i++) {
            if (wouldBeAlike(expected, candidates.get(i))) {
                candidates.remove(i);
                return true;
            }
        }
        return false;
    }

    /** Compares on trial: a failed attempt leaves neither differences nor acquaintances. */
    private boolean wouldBeAlike(JsonElement expected, JsonElement actual) {
        List<Difference> before = differences;
        Map<String, String> met = new HashMap<>(otherRegions);
        differences = new ArrayList<>();
        compare("", "", expected, actual);
        boolean alike = differences.isEmpty();
        differences = before;
        if (!alike) {
            otherRegions.clear();
            otherRegions.putAll(met);
        }
        return alike;
    }

    private static boolean isOtherRegion(JsonObject pattern) {
        return pattern.has("id") && id(pattern).startsWith(OTHER_REGION);
    }

    private static String id(JsonObject region) {
        return region.has("id") ? region.get("id").getAsString() : "0";
    }

    private void compareOtherRegions(String path, JsonObject pattern, JsonObject found) {
        if (!isExpectedStranger(id(pattern), id(found))) {
            differ(path + ".id", pattern.get("id"), found.get("id"));
        }
        compare(path + ".region_epoch", "region_epoch", pattern.get("region_epoch"), found.get("region_epoch"));
        compare(path + ".peers", "peers", pattern.get("peers"), found.get("peers"));
        for (String bound : List.of("start_key", "end_key")) {
            if (!ownBoundary(pattern, bound).equals(ownBoundary(found, bound))) {
                differ(path + "." + bound, pattern.get(bound), found.get(bound));
            }
        }
    }

    private boolean isExpectedStranger(String name, String id) {
        if (placeholders.isLayoutRegion(id)) {
            return false;
        }
        if (otherRegions.containsKey(name)) {
            return otherRegions.get(name).equals(id);
        }
        boolean isNew = !otherRegions.containsValue(id);
        otherRegions.put(name, id);
        return isNew;
    }

    private String ownBoundary(JsonObject region, String bound) {
        String key = region.has(bound) ? region.get(bound).getAsString() : "";
        return boundaries.contains(key) ? key : "far";
    }

    private static boolean isAbsent(JsonElement element) {
        return element == null
                || element.isJsonNull()
                || (element.isJsonArray() && element.getAsJsonArray().isEmpty());
    }

    private void differ(String path, JsonElement expected, JsonElement actual) {
        differences.add(new Difference(path, expected, actual));
    }
}
