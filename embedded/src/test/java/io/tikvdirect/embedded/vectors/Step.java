package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;

/** Immutable. One line of a scenario: an exchange, or something done between exchanges. */
record Step(JsonObject json) {
    int number() {
        return json.get("step").getAsInt();
    }

    String note() {
        return json.get("note").getAsString();
    }

    boolean isExchange() {
        return json.has("grpc_status");
    }

    boolean isLaunch() {
        return json.has("launch");
    }

    boolean isUnstable() {
        return json.has("unstable");
    }

    boolean has(String name) {
        return json.has(name);
    }

    JsonElement get(String name) {
        return json.has(name) ? json.get(name) : JsonNull.INSTANCE;
    }

    String service() {
        return json.get("service").getAsString();
    }

    String rpc() {
        return json.get("rpc").getAsString();
    }

    String target() {
        return json.get("target").getAsString();
    }

    /** The step's number and note, for a report. */
    String title() {
        return number() + (json.has("rpc") ? " " + rpc() : "") + " (" + note() + ")";
    }
}
