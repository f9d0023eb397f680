package io.tikvdirect.embedded.vectors;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Confined to one thread. Counts outcomes per scenario and family, for people. */
final class ReplayReport {
    private static final String LINE = "%-32s %6d %10d %11d %9d%n";

    private final Map<String, Map<Verdict, Integer>> scenarios = new TreeMap<>();
    private final Map<String, Map<Verdict, Integer>> families = new TreeMap<>();
    private final Map<Verdict, Integer> total = new EnumMap<>(Verdict.class);

    void add(Scenario scenario, List<StepOutcome> outcomes) {
        String name = scenario.name();
        Map<Verdict, Integer> own = scenarios.computeIfAbsent(name, key -> new EnumMap<>(Verdict.class));
        Map<Verdict, Integer> family = families.computeIfAbsent(
                name.substring(0, name.indexOf('_')) + "_*", key -> new EnumMap<>(Verdict.class));
        for (StepOutcome outcome : outcomes) {
            for (Map<Verdict, Integer> counts : List.of(own, family, total)) {
                counts.merge(outcome.verdict(), 1, Integer::sum);
            }
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%-32s %6s %10s %11s %9s%n", "", "alike", "different", "not served", "unstable"));
        scenarios.forEach((name, counts) -> text.append(line(name, counts)));
        families.forEach((name, counts) -> text.append(line(name, counts)));
        return text.append(line("TOTAL of " + scenarios.size() + " scenarios", total))
                .toString();
    }

    private static String line(String name, Map<Verdict, Integer> counts) {
        return String.format(
                Locale.ROOT,
                LINE,
                name,
                counts.getOrDefault(Verdict.ALIKE, 0),
                counts.getOrDefault(Verdict.DIFFERENT, 0),
                counts.getOrDefault(Verdict.NOT_SERVED, 0),
                counts.getOrDefault(Verdict.UNSTABLE, 0));
    }
}
