package io.tikvdirect.integration.differential;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Immutable. One statement of a program.
 *
 * @param id tells it from the others while programs are cut down; timestamps refer to it
 * @param head the words that make the form: {@code raw put}, {@code begin}, or a transaction's verb such as {@code put}
 * @param name of the transaction or snapshot it opens or works on; empty for none
 * @param pieces everything else, in order
 */
record Command(int id, String head, String name, List<Piece> pieces) {
    private static final Set<String> READS = Set.of(
            "raw get",
            "raw mget",
            "raw scan",
            "raw ttl",
            "raw checksum",
            "ts",
            "regions",
            "stores",
            "get",
            "mget",
            "scan");
    private static final Set<String> OPENINGS = Set.of("begin", "snapshot");

    /** A command that works on no transaction. */
    static Command of(int id, String head, Piece... pieces) {
        return new Command(id, head, "", List.of(pieces));
    }

    /** Whether it changes nothing, neither in the cluster nor in the session. */
    boolean onlyReads() {
        return READS.contains(head);
    }

    /** Whether it gives {@link #name} its meaning. */
    boolean opens() {
        return OPENINGS.contains(head);
    }

    /** The line, with placeholders. */
    String template(Map<Integer, Integer> lineOfCommand) {
        String words = pieces.stream()
                .map(piece -> piece.template(lineOfCommand))
                .map(word -> " " + word)
                .collect(Collectors.joining());
        if (name.isEmpty()) {
            return head + words;
        }
        return opens() ? head + " " + name + words : name + " " + head + words;
    }

    /** Its form for a person: the verb with the options given, without data. */
    String shape() {
        String options = pieces.stream()
                .map(Command::option)
                .filter(word -> !word.isEmpty())
                .map(word -> " " + word)
                .collect(Collectors.joining());
        return (name.isEmpty() || opens() ? "" : "T ") + head + options;
    }

    private static String option(Piece piece) {
        if (piece instanceof Piece.Plain plain) {
            return plain.text();
        }
        if (piece instanceof Piece.Number number) {
            return number.option();
        }
        return piece instanceof Piece.TimestampOf ts ? ts.option() : "";
    }

    Command with(List<Piece> changed) {
        return new Command(id, head, name, List.copyOf(changed));
    }

    boolean refersTo(Set<Integer> commands) {
        return pieces.stream()
                .anyMatch(piece -> piece instanceof Piece.TimestampOf ts && commands.contains(ts.command()));
    }
}
