package io.tikvdirect.cli.shell;

import java.util.ArrayList;
import java.util.List;

/** Thread-safe (only static functions). What {@code help} answers. */
final class HelpText {
    private static final List<String> LANGUAGE = List.of(
            "",
            "Words are separated by spaces; \"...\" keeps spaces and makes an option's name an ordinary word.",
            "Escapes: \\xHH \\n \\t \\\\ \\\"   Bytes: hex:0a0b   Comment: #");

    private HelpText() {}

    static Answer answer(Statement statement) throws StatementException {
        List<String> lines = statement.arguments().isEmpty() ? all() : about(topic(statement));
        return Answer.of("help", String.join("\n", lines), lines);
    }

    private static String topic(Statement statement) {
        return statement.arguments().size() == 1 ? statement.text(0) : statement.text(0) + " " + statement.text(1);
    }

    private static List<String> all() {
        List<String> lines = new ArrayList<>();
        for (StatementForm form : StatementForm.ALL) {
            lines.add(String.format("%-62s %s", form.usage(), firstSentence(form.description())));
        }
        lines.addAll(LANGUAGE);
        return lines;
    }

    private static List<String> about(String topic) throws StatementException {
        List<String> lines = new ArrayList<>();
        for (StatementForm form : StatementForm.ALL) {
            if (form.name().equals(topic) || form.name().startsWith(topic + " ")) {
                lines.add(form.usage());
                lines.add("    " + form.description());
            }
        }
        if (lines.isEmpty()) {
            throw new StatementException("there is no command \"" + topic + "\"; \"help\" lists the commands");
        }
        return lines;
    }

    private static String firstSentence(String description) {
        int end = description.indexOf(". ");
        return end < 0 ? description : description.substring(0, end + 1);
    }
}
