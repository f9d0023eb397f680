package io.tikvdirect.integration.differential;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Confined to one run of a program on one stack. Replaces in answers what may rightly differ between two stacks:
 *
 * <ul>
 *   <li>{@code ts}, {@code commit_ts}: the oracles' clocks differ. What is kept is whether a timestamp is newer than
 *       every one before it in the program; one that was asked for has to be the one asked for. Causal commits ask no
 *       oracle: of them only the presence is kept. Who wrote nothing commits at its start.
 *   <li>{@code error.message}: texts are each implementation's own. The code and both flags are kept.
 *   <li>{@code ttl}: seconds pass. Programs grant whole thousands of seconds, the answer is rounded up to these.
 *   <li>{@code regions}: ids, epochs and leaders differ, and so do borders that nobody in the program made (PD makes some
 *       for its keyspaces). The bounds within the run's keys are kept.
 *   <li>{@code stores}: everything in it differs; programs don't ask.
 * </ul>
 */
final class Normaliser {
    private static final long TTL_GRAIN_SECONDS = 1000;

    private final String prefix;
    private final Set<String> causal = new HashSet<>();
    private final Map<String, Long> starts = new HashMap<>();
    private long newest;

    /**
     * For one run.
     *
     * @param prefix of the run's keys
     */
    Normaliser(String prefix) {
        this.prefix = prefix;
    }

    /**
     * The comparable form of an answer to a command.
     *
     * @param asked the timestamp that the command asked for; 0 for none
     */
    JsonObject normalise(Command command, JsonAnswer answer, long asked) {
        if (command.head().equals("begin")) {
            boolean isCausal = command.shape().contains("--causal");
            if (isCausal) {
                causal.add(command.name());
            } else {
                causal.remove(command.name());
            }
            starts.put(command.name(), answer.timestamp());
        }
        JsonObject fields = answer.fields().deepCopy();
        if (!answer.ok()) {
            fields.getAsJsonObject("error").remove("message");
        }
        replaceTimestamp(fields, "ts", asked);
        Long start = starts.get(command.name());
        if (start != null && fields.has("commit_ts") && fields.get("commit_ts").getAsLong() == start) {
            fields.addProperty("commit_ts", "its start");
        }
        if (causal.contains(command.name()) && fields.has("commit_ts")) {
            fields.addProperty("commit_ts", "any");
        }
        replaceTimestamp(fields, "commit_ts", 0);
        if (fields.has("ttl") && !fields.get("ttl").isJsonNull()) {
            fields.addProperty("ttl", roundedUp(fields.get("ttl").getAsLong()));
        }
        if (fields.has("regions")) {
            fields.add("regions", bounds(fields.getAsJsonArray("regions")));
        }
        return fields;
    }

    private void replaceTimestamp(JsonObject fields, String field, long asked) {
        if (!fields.has(field) || !fields.getAsJsonPrimitive(field).isNumber()) {
            return;
        }
        long ts = fields.get(field).getAsLong();
        if (asked != 0) {
            fields.addProperty(field, ts == asked ? "as asked" : "not as asked");
        } else if (ts == 0) {
            fields.addProperty(field, "none");
        } else {
            // Equal is newer too: an async commit takes the timestamp that the oracle gives next
            fields.addProperty(field, ts >= newest ? "newer" : "older");
            newest = Math.max(newest, ts);
        }
    }

    private static long roundedUp(long seconds) {
        return (seconds + TTL_GRAIN_SECONDS - 1) / TTL_GRAIN_SECONDS * TTL_GRAIN_SECONDS;
    }

    private JsonArray bounds(JsonArray regions) {
        JsonArray all = new JsonArray();
        for (JsonElement region : regions) {
            JsonArray bounds = new JsonArray();
            for (String side : List.of("start", "end")) {
                String key = region.getAsJsonObject().get(side).getAsString();
                bounds.add(key.startsWith(prefix) ? key : "elsewhere");
            }
            all.add(bounds);
        }
        return all;
    }
}
