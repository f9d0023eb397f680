package io.tikvdirect.cli.shell;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** Thread-safe. Completes commands, and behind a whole command its options. */
final class StatementCompleter implements Completer {
    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        List<String> before = line.words().subList(0, line.wordIndex());
        for (String word : candidates(before)) {
            candidates.add(new Candidate(word));
        }
    }

    /** The words that may follow the words typed before. */
    static Set<String> candidates(List<String> before) {
        boolean help = !before.isEmpty() && before.get(0).equals("help");
        List<String> command = help ? before.subList(1, before.size()) : before;
        Set<String> words = new TreeSet<>();
        for (StatementForm form : StatementForm.ALL) {
            addNext(form, command, help, words);
        }
        return words;
    }

    private static void addNext(StatementForm form, List<String> command, boolean help, Set<String> words) {
        List<String> name = List.of(form.name().split(" "));
        if (form.hasTarget() && !help) {
            if (command.isEmpty() || isHead(command.get(0))) {
                return;
            }
            name = List.of(command.get(0), name.get(1));
        }
        if (command.size() < name.size()) {
            if (name.subList(0, command.size()).equals(command)) {
                words.add(name.get(command.size()));
            }
        } else if (!help && command.subList(0, name.size()).equals(name)) {
            words.addAll(form.flags());
            words.addAll(form.valueOptions());
            words.removeAll(command);
        }
    }

    private static boolean isHead(String word) {
        return StatementForm.ALL.stream()
                .anyMatch(form -> !form.hasTarget() && form.name().split(" ")[0].equals(word));
    }
}
