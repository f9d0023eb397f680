package io.tikvdirect.cli.shell;

import io.tikvdirect.cli.text.Word;
import io.tikvdirect.client.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Thread-safe (only static functions). Words to statements, by the table in {@link StatementForm#ALL}. */
final class StatementParser {
    /** Verbs behind the name of a transaction or snapshot. */
    private static final Set<String> TRANSACTION_VERBS =
            Set.of("get", "mget", "put", "insert", "del", "lock", "scan", "commit", "rollback");

    private static final Set<String> TRANSACTION_COMMANDS = Set.of("begin", "snapshot", "gc");

    private StatementParser() {}

    /**
     * The statement that a line's words make.
     *
     * @param words at least one
     * @throws StatementException if they make none; with code {@code UNSUPPORTED} for transactions
     */
    static Statement parse(List<Word> words) throws StatementException {
        StatementForm form = find(words);
        if (form == null) {
            throw unknown(words);
        }
        int leading = form.name().indexOf(' ') < 0 ? 1 : 2;
        return withArguments(form, words.subList(leading, words.size()));
    }

    private static @Nullable StatementForm find(List<Word> words) {
        String first = words.get(0).isPlain() ? words.get(0).text() : "";
        String one = first.equals("quit") ? "exit" : first;
        String two = words.size() > 1 && words.get(1).isPlain()
                ? one + " " + words.get(1).text()
                : one;
        for (StatementForm form : StatementForm.ALL) {
            if (form.name().equals(one) || form.name().equals(two)) {
                return form;
            }
        }
        return null;
    }

    private static Statement withArguments(StatementForm form, List<Word> words) throws StatementException {
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
        return new Statement(form, List.copyOf(arguments), Map.copyOf(options), Set.copyOf(flags));
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
        boolean transactional = words.get(0).isPlain()
                && (TRANSACTION_COMMANDS.contains(first)
                        || (words.size() > 1 && isTransactionVerb(words.get(1)) && !first.equals("raw")));
        if (transactional) {
            return new StatementException(
                    ErrorCode.UNSUPPORTED,
                    "transactions are not available yet: begin, snapshot, gc and what works on them");
        }
        String what = first.equals("raw") && words.size() > 1
                ? "raw " + words.get(1)
                : words.get(0).toString();
        return new StatementException("unknown command " + what + "; \"help\" lists the commands");
    }

    private static boolean isTransactionVerb(Word word) {
        return word.isPlain() && TRANSACTION_VERBS.contains(word.text().toLowerCase(Locale.ROOT));
    }
}
