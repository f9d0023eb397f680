package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The recordings use nothing that the wire schema of this repository does not know. */
class SchemaOfRecordingsTest {
    private static final Placeholders ANY_VALUES = new Placeholders().timestamp(1L << 60);

    static {
        ANY_VALUES.put("CLUSTER", 1);
        for (int n = 1; n <= 3; n++) {
            for (String name : List.of("REGION", "CONFVER", "VERSION", "STORE")) {
                ANY_VALUES.put(name + n, 10);
            }
            for (int k = 0; k < 3; k++) {
                ANY_VALUES.put("PEER" + n + "." + k, 11);
            }
        }
    }

    private final RequestTemplate requests = new RequestTemplate(ANY_VALUES);

    @Test
    void everyRecordedRequestIsAMessageOfTheSchema() {
        int count = 0;
        for (Scenario scenario : Scenario.all()) {
            for (Step step : scenario.steps()) {
                for (JsonElement request : requests(step)) {
                    JsonElement filled = requests.fill(request, step);
                    assertThatCode(() -> ProtoJson.message(
                                    filled,
                                    RpcCatalog.rpc(step.service(), step.rpc()).getInputType()))
                            .as(scenario.name() + " " + step.title())
                            .doesNotThrowAnyException();
                    count++;
                }
            }
        }
        assertThat(count).isGreaterThan(2400);
    }

    private static List<JsonElement> requests(Step step) {
        List<JsonElement> all = new ArrayList<>();
        if (step.has("request")) {
            all.add(step.get("request"));
        } else if (step.has("requests")) {
            all.addAll(step.get("requests").getAsJsonArray().asList());
        }
        return all;
    }
}
