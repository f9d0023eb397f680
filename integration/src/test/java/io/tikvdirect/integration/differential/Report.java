package io.tikvdirect.integration.differential;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Confined to one thread. What a run of programs came to. */
final class Report {
    private static final int SHOWN = 400; // the seed gives the rest

    private final String title;
    private final long startNs = System.nanoTime();
    private final Map<String, Integer> notServed = new TreeMap<>();
    private final Map<String, Integer> compared = new TreeMap<>();
    private long seconds;
    private int programs;
    private int commands;
    private String difference = "";

    Report(String title) {
        this.title = title;
    }

    void add(Outcome outcome) {
        programs++;
        commands += outcome.executed().commands().size();
        outcome.executed().commands().forEach(command -> compared.merge(verb(command), 1, Integer::sum));
        outcome.notServed()
                .forEach(one -> notServed.merge(
                        "not served: " + one.stack() + ": " + one.shape() + " (" + one.reason() + ")",
                        1,
                        Integer::sum));
    }

    private static String verb(Command command) {
        return command.name().isEmpty() || command.opens() ? command.head() : "T " + command.head();
    }

    /** How a program differed when it was first run, and the shortest one that still does in that way. */
    void difference(Outcome first, Outcome shortest) {
        StringBuilder text = new StringBuilder();
        text.append("DIFFERENT   ").append(first.executed().origin()).append(", first seen\n");
        where(text, first);
        text.append("  shortest program:\n");
        shortest.executed()
                .templates()
                .forEach(line -> text.append("    ").append(shortened(line)).append('\n'));
        where(text, shortest);
        difference = text.toString();
    }

    private static void where(StringBuilder text, Outcome outcome) {
        Outcome.Difference where = outcome.difference();
        String command = outcome.executed().templates().get(where.index());
        text.append("  at ").append(shortened(command)).append('\n');
        where.answers()
                .forEach(answer -> text.append("    ").append(shortened(answer)).append('\n'));
    }

    private static String shortened(String line) {
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "... (" + line.length() + " characters)";
    }

    void end() {
        seconds = (System.nanoTime() - startNs) / 1_000_000_000L;
    }

    boolean differs() {
        return !difference.isEmpty();
    }

    int programs() {
        return programs;
    }

    /** What was not served, in the words of the report, with how often. */
    Map<String, Integer> notServed() {
        return notServed;
    }

    /** How many commands of each verb were compared. */
    Map<String, Integer> compared() {
        return compared;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(Locale.ROOT, "%s: %d programs, %d commands, %d s%n", title, programs, commands, seconds));
        notServed.forEach((line, count) ->
                text.append("  ").append(line).append(" x ").append(count).append('\n'));
        return text.append(difference.isEmpty() ? "  alike\n" : difference).toString();
    }
}
