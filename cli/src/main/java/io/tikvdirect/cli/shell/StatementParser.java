package io.tikvdirect.cli.shell;

import io.tikvdirect.cli.text.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Thread-safe (only static functions). Words to statements, by the table in {@link StatementForm#ALL}. */
final class StatementParser {
    private StatementParser() {}

    /**
     * The statement that a line's words make.
     *
     * @param words at least one
     * @throws StatementException if they make none
     */
    static Statement parse(List<Word> words) throws StatementException {
        StatementForm form = find(words);
        if (form == null) {
            throw unknown(words);
        }
        int leading = form.name().indexOf(' ') < 0 ? 1 : 2;
        String target = form.hasTarget() ? words.get(0).text() : "";
        return withArguments(form, target, words.subList(leading, words.size()));
    }

    private static @Nullable StatementForm find(List<Word> words) {
        String first = words.get(0).isPlain() ? words.get(0).text() : "";
        String one = first.equals("quit") ? "exit" : first;
        String two = words.size() > 1 && words.get(1).isPlain()
                ? one + " " + words.get(1).text()
                : one;
        for (StatementForm form : StatementForm.ALL) {
            if (!form.hasTarget() && (form.name().equals(one) || form.name().equals(two))) {
                return form;
            }
        }
        return words.size() > 1 && words.get(1).isPlain() && !one.equals("raw")
                ? onTarget(words.get(1).text())
                : null;
    }

    private static @Nullable StatementForm onTarget(String verb) {
        for (StatementForm form : StatementForm.ALL) {
            if (form.hasTarget() && form.name().equals("T " + verb)) {
                return form;
            }
        }
        return null;
    }

    private static Statement withArguments(StatementForm form, String target, List<Word> words)
            throws StatementException {
        List<byte[]> arguments = new ArrayList<>();
        Map<String, byte[]> options = new HashMap<>();
        Set<String> flags = new HashSet<>();
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            if (!word.isOption()) {
                arguments.add(word.bytes());
            } else if (form.flags().contains(word.text())) {
                flags.add(word.text());
            } else if (form.valueOptions().contains(word.text())) {
                i++;
                requireValue(form, word, i, words.size());
                options.put(word.text(), words.get(i).bytes());
            } else {
                throw new StatementException("unknown option " + word
                        + " (a key that looks like one goes in quotes); usage: " + form.usage());
            }
        }
        requireCount(form, arguments.size());
        return new Statement(form, target, List.copyOf(arguments), Map.copyOf(options), Set.copyOf(flags));
    }

    private static void requireValue(StatementForm form, Word option, int index, int size) throws StatementException {
        if (index == size) {
            throw new StatementException(option + " needs a value; usage: " + form.usage());
        }
    }

    private static void requireCount(StatementForm form, int count) throws StatementException {
        if (count < form.minArguments() || count > form.maxArguments()) {
            throw new StatementException("usage: " + form.usage());
        }
    }

    private static StatementException unknown(List<Word> words) {
        String first = words.get(0).text();
        String what = first.equals("raw") && words.size() > 1
                ? "raw " + words.get(1)
                : words.get(0).toString();
        return new StatementException("unknown command " + what + "; \"help\" lists the commands");
    }
}
