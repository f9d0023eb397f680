package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a replay says when a recording is altered on purpose: the cluster's answer is right, the expectation is not. */
class ScenarioReplayTest {
    private static final int GET_STEP = 3;

    @Test
    void anAlteredRecordingIsReportedAtItsStepAndPlace() throws Exception {
        List<StepOutcome> outcomes = replay(step -> step.add("response", json("{'value':'Mg=='}")));
        assertThat(outcomes).hasSize(GET_STEP);
        assertThat(outcomes.subList(0, GET_STEP - 1)).allMatch(outcome -> outcome.verdict() == Verdict.ALIKE);
        StepOutcome get = outcomes.get(GET_STEP - 1);
        assertThat(get.verdict()).isEqualTo(Verdict.DIFFERENT);
        assertThat(get.differences()).singleElement().asString().contains(".response.value", "Mg==", "MQ==");
    }

    @Test
    void anotherStatusIsADifference() throws Exception {
        List<StepOutcome> outcomes = replay(step -> {
            step.remove("response");
            step.addProperty("grpc_status", "InvalidArgument");
        });
        assertThat(outcomes.get(GET_STEP - 1).verdict()).isEqualTo(Verdict.DIFFERENT);
    }

    @Test
    void anRpcThatTheServerDoesNotHaveIsNotServed() throws Exception {
        List<StepOutcome> outcomes = replay(step -> {
            step.addProperty("rpc", "Compact");
            step.add("request", json("{}"));
        });
        assertThat(outcomes.get(GET_STEP - 1).verdict()).isEqualTo(Verdict.NOT_SERVED);
    }

    @Test
    void anUnstableStepMayAnswerAsEitherRecordingDid() throws Exception {
        List<StepOutcome> outcomes = replay(step -> {
            step.addProperty("unstable", true);
            step.add("second_response", step.get("response"));
            step.add("response", json("{'not_found':true}"));
        });
        assertThat(outcomes.get(GET_STEP - 1).verdict()).isEqualTo(Verdict.ALIKE);
    }

    @Test
    void anUnstableStepIsNotHeldAgainstTheServer() throws Exception {
        List<StepOutcome> outcomes = replay(step -> {
            step.addProperty("unstable", true);
            step.add("response", json("{'not_found':true}"));
        });
        assertThat(outcomes.get(GET_STEP - 1).verdict()).isEqualTo(Verdict.UNSTABLE);
        assertThat(outcomes.get(GET_STEP - 1).isGood()).isTrue();
    }

    /** Plays the first steps of a scenario, the last of them, a RawGet of the value "1", altered. */
    private static List<StepOutcome> replay(Consumer<JsonObject> alteration) throws Exception {
        Scenario recorded = Scenario.named("raw_point_v1");
        List<Step> steps = recorded.steps().subList(0, GET_STEP);
        alteration.accept(steps.get(GET_STEP - 1).json());
        Scenario altered =
                new Scenario("altered", recorded.api(), recorded.stores(), recorded.raw(), recorded.layout(), steps);
        try (ScenarioReplay replay = new ScenarioReplay(altered)) {
            return replay.run();
        }
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject();
    }
}
