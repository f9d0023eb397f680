package io.tikvdirect.embedded.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The comparison accepts every recorded answer, and accepts none of them with a part left out or changed. */
class EveryRecordedAnswerTest {
    /** Answers with more parts than this (lists of hundreds of keys) are altered in their first parts only. */
    private static final int ALTERATIONS_PER_ANSWER = 40;

    private final Placeholders placeholders = placeholders();

    @Test
    void isAlikeToItself() {
        assertThat(answers().filter(recorded -> !recorded.differences(recorded.sample())
                        .isEmpty()))
                .isEmpty();
    }

    @Test
    void isDifferentWhenAPartIsLeftOut() {
        assertThat(undetected(EveryRecordedAnswerTest::removals)).isEmpty();
    }

    @Test
    void isDifferentWhenANumberOrKeyIsChanged() {
        assertThat(undetected(EveryRecordedAnswerTest::changes)).isEmpty();
    }

    /** A recorded answer and what it is compared under. */
    private record Recorded(Scenario scenario, Step step, JsonObject response, Placeholders placeholders) {
        JsonObject sample() {
            return new SampleAnswer(placeholders).of(response).getAsJsonObject();
        }

        List<Difference> differences(JsonObject answer) {
            return new AnswerComparison(placeholders, Boundaries.of(scenario))
                    .compare(response, answer, ComparisonRules.of(step));
        }

        @Override
        public String toString() {
            return scenario.name() + " " + step.title();
        }
    }

    private Stream<Recorded> answers() {
        return Scenario.all().stream().flatMap(scenario -> scenario.steps().stream()
                .filter(step -> step.get("response").isJsonObject())
                .map(step -> new Recorded(scenario, step, step.get("response").getAsJsonObject(), placeholders)));
    }

    private interface Alterations {
        void of(String path, JsonElement recorded, JsonElement found, Consumer<Alteration> out);
    }

    /** One way to spoil an answer and, afterwards, to repair it. */
    private record Alteration(String path, Runnable spoil, Runnable repair) {}

    private List<String> undetected(Alterations alterations) {
        List<String> undetected = new ArrayList<>();
        AtomicInteger tried = new AtomicInteger();
        answers().forEach(recorded -> {
            JsonObject found = recorded.sample();
            List<Alteration> all = new ArrayList<>();
            alterations.of("", recorded.response(), found, all::add);
            all.stream().limit(ALTERATIONS_PER_ANSWER).forEach(alteration -> {
                tried.incrementAndGet();
                alteration.spoil().run();
                if (recorded.differences(found).isEmpty()) {
                    undetected.add(recorded + alteration.path());
                }
                alteration.repair().run();
            });
        });
        assertThat(tried.get()).isGreaterThan(3000);
        return undetected;
    }

    private static void removals(String path, JsonElement recorded, JsonElement found, Consumer<Alteration> out) {
        visit(path, recorded, found, (at, parent, name, pattern) -> {
            JsonElement value = parent.get(name);
            out.accept(new Alteration(at, () -> parent.remove(name), () -> parent.add(name, value)));
        });
    }

    private static void changes(String path, JsonElement recorded, JsonElement found, Consumer<Alteration> out) {
        visit(path, recorded, found, (at, parent, name, pattern) -> {
            if (isExact(name, pattern)) {
                JsonElement value = parent.get(name);
                JsonElement changed = changed(value.getAsJsonPrimitive());
                out.accept(new Alteration(at, () -> parent.add(name, changed), () -> parent.add(name, value)));
            }
        });
    }

    private interface Visitor {
        void visit(String path, JsonObject parent, String name, JsonElement recorded);
    }

    private static void visit(String path, JsonElement recorded, JsonElement found, Visitor visitor) {
        if (recorded.isJsonArray() && found.isJsonArray()) {
            JsonArray patterns = recorded.getAsJsonArray();
            for (int i = 0; i < patterns.size(); i++) {
                visit(
                        path + "[" + i + "]",
                        patterns.get(i),
                        found.getAsJsonArray().get(i),
                        visitor);
            }
        } else if (recorded.isJsonObject() && found.isJsonObject()) {
            visitMembers(path, recorded.getAsJsonObject(), found.getAsJsonObject(), visitor);
        }
    }

    private static void visitMembers(String path, JsonObject recorded, JsonObject found, Visitor visitor) {
        boolean isForeign =
                recorded.has("id") && recorded.get("id").getAsString().startsWith("$OTHER");
        for (String name : recorded.keySet()) {
            JsonElement value = recorded.get(name);
            boolean isOpen = name.equals("stats")
                    || (isForeign && (name.endsWith("_key") || name.equals("id")))
                    || value.isJsonNull();
            if (!isOpen) {
                visitor.visit(path + "." + name, found, name, value);
                visit(path + "." + name, value, found.get(name), visitor);
            }
        }
    }

    private static boolean isExact(String name, JsonElement recorded) {
        if (!recorded.isJsonPrimitive()
                || List.of("message", "error", "abort", "retryable").contains(name)) {
            return false;
        }
        String text = recorded.getAsString();
        return !text.contains("$ANY")
                && !text.contains("$ADDR")
                && !text.contains("$SAFETS")
                && !text.contains("-NOW_");
    }

    private static JsonElement changed(JsonPrimitive value) {
        if (value.isBoolean()) {
            return new JsonPrimitive(!value.getAsBoolean());
        }
        return value.isNumber()
                ? new JsonPrimitive(value.getAsLong() + 1)
                : new JsonPrimitive("1" + value.getAsString());
    }

    private static Placeholders placeholders() {
        Placeholders placeholders =
                new Placeholders().timestamp(466_000_000_000_000_016L).put("CLUSTER", 7_000_000);
        for (int n = 1; n <= 3; n++) {
            placeholders
                    .put("REGION" + n, 10 + n)
                    .put("CONFVER" + n, 2)
                    .put("VERSION" + n, 20 + n)
                    .put("STORE" + n, n);
            for (int k = 0; k < 3; k++) {
                placeholders.put("PEER" + n + "." + k, 100 * n + k);
            }
        }
        return placeholders;
    }
}
