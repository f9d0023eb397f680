package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Confined to one thread. Plays one scenario on a cluster, step by step, and compares every answer. */
final class ScenarioReplay implements AutoCloseable {
    private static final String PD = "pdpb.PD";
    private static final int LOGICAL_BITS = 18;
    /** The recordings count timestamps from a little beyond the one PD gave. */
    private static final long BEYOND_PD = 16;
    /** Lets PD's clock pass T, as the recorder did. */
    private static final long PASS_T_MS = 200;
    /** What the recorder slept after a launch, in the cluster's time, and what the launched call gets of real time. */
    private static final long LAUNCH_MS = 250;

    private static final long LAUNCH_REAL_MS = 100;
    private static final long ELECTION_MS = 200;
    private static final int MOST_REPETITIONS = 300;

    private final Scenario scenario;
    private final RpcCaller caller = new RpcCaller();
    private final ReplayCluster cluster;
    private final Placeholders placeholders;
    private final RequestTemplate requests;
    private final AnswerComparison comparison;
    private final Map<Integer, CompletableFuture<Answer>> launched = new HashMap<>();
    private final List<StepOutcome> outcomes = new ArrayList<>();

    ScenarioReplay(Scenario scenario) throws IOException, InterruptedException, ExecutionException {
        this(scenario, new EmbeddedReplayCluster(scenario));
    }

    /** Takes the cluster, which is closed with this replay. */
    ScenarioReplay(Scenario scenario, ReplayCluster cluster) throws InterruptedException, ExecutionException {
        this.scenario = scenario;
        this.cluster = cluster;
        placeholders = Layout.putUp(scenario, cluster, caller);
        placeholders.timestamp(timestamps("1").get(0) + BEYOND_PD);
        cluster.pass(PASS_T_MS);
        requests = new RequestTemplate(placeholders);
        comparison = new AnswerComparison(placeholders, Boundaries.of(scenario));
    }

    /** Plays all steps; steps without an exchange have no outcome. */
    List<StepOutcome> run() throws InterruptedException, ExecutionException {
        for (Step step : scenario.steps()) {
            play(step);
        }
        return outcomes;
    }

    private void play(Step step) throws InterruptedException, ExecutionException {
        if (step.has("sleep_ms")) {
            cluster.pass(step.get("sleep_ms").getAsLong());
        } else if (step.has("merge")) {
            JsonObject merge = step.get("merge").getAsJsonObject();
            cluster.merge(named(merge, "source"), named(merge, "target"));
        } else if (step.has("transfer_leader")) {
            transferLeader(step.get("transfer_leader").getAsJsonObject());
        } else if (step.isLaunch()) {
            launch(step);
        } else if (step.has("derived")) {
            outcomes.add(derive(step));
        } else if (step.isExchange()) {
            outcomes.add(exchange(step));
        } else {
            throw new IllegalArgumentException("no rule for " + step.json());
        }
    }

    private long named(JsonObject object, String name) {
        return placeholders.value(object.get(name).getAsString());
    }

    private void transferLeader(JsonObject transfer) {
        String store = transfer.get("to").getAsString().replace("$PEER", "$PSTORE");
        cluster.transferLeader(named(transfer, "region"), placeholders.value(store));
    }

    private void launch(Step step) throws InterruptedException, ExecutionException {
        CompletableFuture<Answer> answer = start(step);
        launched.put(step.number(), answer);
        try {
            answer.get(LAUNCH_REAL_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException waitsAsItShould) {
            cluster.pass(LAUNCH_MS);
        }
    }

    private StepOutcome exchange(Step step) throws InterruptedException, ExecutionException {
        long beforeMs = cluster.nowMs();
        try {
            CompletableFuture<Answer> answer = step.has("await_of_step")
                    ? launched.get(step.get("await_of_step").getAsInt())
                    : start(step);
            Answer given = mayWait(step) ? cluster.awaitWhileTimePasses(answer) : cluster.await(answer);
            return judge(step, given, cluster.nowMs() - beforeMs);
        } catch (IllegalArgumentException notInSchema) {
            Difference difference = new Difference("request", step.get("request"), text(notInSchema.toString()));
            return new StepOutcome(step, Verdict.DIFFERENT, List.of(difference));
        }
    }

    private static boolean mayWait(Step step) {
        return step.has("await_of_step")
                || (step.has("elapsed_class")
                        && step.get("elapsed_class").getAsString().startsWith("waited"));
    }

    private CompletableFuture<Answer> start(Step step) {
        JsonArray several = new JsonArray();
        if (step.has("requests")) {
            several = step.get("requests").getAsJsonArray();
        } else {
            several.add(step.get("request"));
        }
        List<JsonElement> filled = several.asList().stream()
                .map(request -> requests.fill(request, step))
                .toList();
        return caller.start(address(step.target()), step.service(), step.rpc(), filled);
    }

    private String address(String target) {
        return target.equals("$PD") ? cluster.pdAddress() : cluster.storeAddress(placeholders.value(target));
    }

    private StepOutcome judge(Step step, Answer answer, long elapsedMs) {
        List<Difference> differences = differences(step, "", answer);
        if (answer.isUnimplemented() && !differences.isEmpty()) {
            return new StepOutcome(step, Verdict.NOT_SERVED, List.of());
        }
        differences.addAll(elapsedDifferences(step, elapsedMs));
        if (differences.isEmpty()
                || (step.isUnstable() && differences(step, "second_", answer).isEmpty())) {
            return new StepOutcome(step, Verdict.ALIKE, List.of());
        }
        return new StepOutcome(step, step.isUnstable() ? Verdict.UNSTABLE : Verdict.DIFFERENT, differences);
    }

    private List<Difference> differences(Step step, String prefix, Answer answer) {
        JsonObject expected = new JsonObject();
        for (String part : List.of("grpc_status", "response", "responses")) {
            String recorded = step.has(prefix + part) ? prefix + part : part;
            if (step.has(recorded)) {
                expected.add(part, step.get(recorded));
            }
        }
        JsonObject actual = RecordedAnswer.of(step, answer);
        List<Difference> differences = comparison.compare(expected, actual, ComparisonRules.of(step));
        if (!answer.status().isOk() && !differences.isEmpty()) {
            differences.add(new Difference(
                    "grpc_message",
                    step.get("grpc_message"),
                    text(answer.status().toString())));
        }
        return differences;
    }

    /** A wait that is the point of a step must have taken its time, by the cluster's clock. */
    private static List<Difference> elapsedDifferences(Step step, long elapsedMs) {
        String recorded = step.has("elapsed_class") ? step.get("elapsed_class").getAsString() : "";
        if (!recorded.startsWith("waited>=")) {
            return List.of();
        }
        long leastMs = Long.parseLong(recorded.replaceAll("\\D", ""));
        return elapsedMs >= leastMs
                ? List.of()
                : List.of(new Difference("elapsed", text(recorded), text(elapsedMs + "ms")));
    }

    /** The one derived figure: how far three requests on a stream advance the oracle. */
    private StepOutcome derive(Step step) throws InterruptedException, ExecutionException {
        List<Long> given = timestamps("1", "10", "1");
        JsonObject actual = new JsonObject();
        actual.addProperty("second_minus_first", given.get(1) - given.get(0));
        actual.addProperty("third_minus_second", given.get(2) - given.get(1));
        List<Difference> differences = comparison.compare(step.get("derived"), actual, ComparisonRules.of(step));
        return new StepOutcome(step, differences.isEmpty() ? Verdict.ALIKE : Verdict.DIFFERENT, differences);
    }

    private List<Long> timestamps(String... counts) throws InterruptedException, ExecutionException {
        List<JsonElement> messages = new ArrayList<>();
        for (String count : counts) {
            messages.add(JsonParser.parseString("{\"count\":" + count + ",\"header\":{\"cluster_id\":\""
                    + Long.toUnsignedString(placeholders.value("$CLUSTER")) + "\"}}"));
        }
        Answer answer = cluster.await(caller.start(cluster.pdAddress(), PD, "Tso", messages));
        for (int again = 0; again < MOST_REPETITIONS && !answer.status().isOk(); again++) {
            cluster.pass(ELECTION_MS); // a PD on a busy machine may have to be elected anew
            answer = cluster.await(caller.start(cluster.pdAddress(), PD, "Tso", messages));
        }
        if (!answer.status().isOk()) {
            throw new IllegalStateException("no timestamps: " + answer.status());
        }
        return answer.messages().stream().map(ScenarioReplay::timestamp).toList();
    }

    private static long timestamp(JsonElement response) {
        JsonObject timestamp = response.getAsJsonObject().getAsJsonObject("timestamp");
        JsonElement logical = timestamp.has("logical") ? timestamp.get("logical") : new JsonPrimitive(0);
        return (timestamp.get("physical").getAsLong() << LOGICAL_BITS) + logical.getAsLong();
    }

    private static JsonElement text(String text) {
        return text == null ? JsonNull.INSTANCE : new JsonPrimitive(text);
    }

    @Override
    public void close() {
        caller.close();
        cluster.close();
    }
}
