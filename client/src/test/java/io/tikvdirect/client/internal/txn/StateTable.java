package io.tikvdirect.client.internal.txn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Immutable. The transition table in the comment of a class, as its source has it. */
record StateTable(List<Move> moves) {

    /** One row: from a state to a state. */
    record Move(String from, String to) {}

    private static final Path SOURCES = Path.of("src/main/java/io/tikvdirect/client/internal/txn");

    static <S extends Enum<S>> StateTable of(Class<?> machine, Class<S> states) throws IOException {
        List<String> names =
                Arrays.stream(states.getEnumConstants()).map(Enum::name).toList();
        List<Move> moves = new ArrayList<>();
        int next = -1;
        for (String line : Files.readAllLines(SOURCES.resolve(machine.getSimpleName() + ".java"))) {
            if (line.startsWith(" * state ") && line.contains("next state")) {
                next = line.indexOf("next state");
            } else if (next > 0 && line.startsWith(" * </pre>")) {
                return new StateTable(moves);
            } else if (next > 0 && !line.startsWith(" * ---")) {
                moves.add(row(line, next, names));
            }
        }
        throw new AssertionError("no table in the comment of " + machine);
    }

    private static Move row(String line, int next, List<String> names) {
        String from = line.substring(3).split(" ", 2)[0];
        String to = line.substring(next - 1).trim().split("[ ,:]", 2)[0];
        if (!names.contains(from) || !names.contains(to)) {
            throw new AssertionError("no states in the row: " + line);
        }
        return new Move(from, to);
    }
}
