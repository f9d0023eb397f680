package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;

/** Thread-safe. Brings an answer into the shape in which recordings keep answers of its kind. */
final class RecordedAnswer {
    private RecordedAnswer() {}

    /** The members {@code grpc_status} and {@code response} or {@code responses} of a step that had this answer. */
    static JsonObject of(Step step, Answer answer) {
        JsonObject recorded = new JsonObject();
        recorded.addProperty("grpc_status", answer.statusName());
        if (step.has("requests")) {
            recorded.add("responses", array(answer.messages()));
        } else if (answer.status().isOk()) {
            recorded.add("response", response(step, answer.messages()));
        }
        return recorded;
    }

    private static JsonElement response(Step step, List<JsonElement> messages) {
        if (step.rpc().equals("BatchCommands")) {
            return batch(messages);
        }
        return messages.isEmpty() ? JsonNull.INSTANCE : messages.get(0);
    }

    private static JsonArray array(List<JsonElement> messages) {
        JsonArray array = new JsonArray();
        messages.forEach(array::add);
        return array;
    }

    private static JsonObject batch(List<JsonElement> messages) {
        JsonArray answers = new JsonArray();
        boolean health = false;
        for (JsonElement message : messages) {
            JsonObject object = message.getAsJsonObject();
            health |= object.has("health_feedback");
            addAnswers(object, answers);
        }
        JsonObject batch = new JsonObject();
        batch.add("answers_by_id", answers);
        batch.addProperty("health_feedback_present_in_some_message", health);
        return batch;
    }

    private static void addAnswers(JsonObject message, JsonArray answers) {
        if (!message.has("request_ids")) {
            return;
        }
        JsonArray ids = message.getAsJsonArray("request_ids");
        JsonArray responses = message.getAsJsonArray("responses");
        for (int i = 0; i < ids.size(); i++) {
            JsonObject answer = new JsonObject();
            answer.add("request_id", ids.get(i));
            answer.add("response", responses.get(i));
            answers.add(answer);
        }
    }
}
