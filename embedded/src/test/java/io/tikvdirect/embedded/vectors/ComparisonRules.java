package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Immutable. What one step adds to the general rules of comparison.
 *
 * @param rpc the RPC answered
 * @param openNeighbours whether the count of left neighbours in {@code epoch_not_match} is as it happens to be
 * @param arbitraryOrder whether lists are compared as sets
 * @param alternativeTtl a second acceptable time to live, or an empty text
 */
record ComparisonRules(String rpc, boolean openNeighbours, boolean arbitraryOrder, String alternativeTtl) {
    private static final Pattern TTL_NOTE = Pattern.compile(".*\\(\\d+ or (\\d+)\\).*");
    private static final Set<String> VERSIONS_BEFORE_ANY_SPLIT = Set.of("0", "1");

    static ComparisonRules of(Step step) {
        Matcher ttl = TTL_NOTE.matcher(step.note());
        return new ComparisonRules(
                step.rpc(),
                hasEpochOfLongAgo(step.get("request")),
                step.has("order_of_list"),
                ttl.matches() ? ttl.group(1) : "");
    }

    /** Whether some context in {@code request} has no epoch or one from before the layout was put up. */
    private static boolean hasEpochOfLongAgo(JsonElement request) {
        if (request.isJsonArray()) {
            return request.getAsJsonArray().asList().stream().anyMatch(ComparisonRules::hasEpochOfLongAgo);
        }
        if (!request.isJsonObject()) {
            return false;
        }
        JsonObject object = request.getAsJsonObject();
        if (object.has("region_id") && !hasRecentEpoch(object)) {
            return true;
        }
        return object.asMap().values().stream().anyMatch(ComparisonRules::hasEpochOfLongAgo);
    }

    private static boolean hasRecentEpoch(JsonObject context) {
        if (!context.has("region_epoch")) {
            return false;
        }
        JsonElement version = context.getAsJsonObject("region_epoch").get("version");
        return version instanceof JsonPrimitive && !VERSIONS_BEFORE_ANY_SPLIT.contains(version.getAsString());
    }
}
