package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonElement;
import io.grpc.Status;
import java.util.List;
import java.util.Locale;

/**
 * Immutable. What came back from one call.
 *
 * @param status how the call ended
 * @param messages the messages before that, as protojson
 */
record Answer(Status status, List<JsonElement> messages) {
    Answer {
        messages = List.copyOf(messages);
    }

    /** The status code as the recordings spell it: {@code OK}, {@code FailedPrecondition}... */
    String statusName() {
        if (status.isOk()) {
            return "OK";
        }
        if (status.getCode() == Status.Code.CANCELLED) {
            return "Canceled";
        }
        StringBuilder name = new StringBuilder();
        for (String word : status.getCode().name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    boolean isUnimplemented() {
        return status.getCode() == Status.Code.UNIMPLEMENTED;
    }
}
