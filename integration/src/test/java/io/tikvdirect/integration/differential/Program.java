package io.tikvdirect.integration.differential;

import io.tikvdirect.client.ApiVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Immutable. Statements that are executed one after the other in one session.
 *
 * @param origin where it comes from: a seed, a file
 * @param api the API version it is meant for
 * @param commands in their order
 */
record Program(String origin, ApiVersion api, List<Command> commands) {
    /** The lines with placeholders, in which {@code $n} means line n, counted from 1. */
    List<String> templates() {
        Map<Integer, Integer> lineOfCommand = new HashMap<>();
        for (int i = 0; i < commands.size(); i++) {
            lineOfCommand.put(commands.get(i).id(), i + 1);
        }
        return commands.stream().map(command -> command.template(lineOfCommand)).toList();
    }

    String text() {
        return String.join("\n", templates());
    }

    /** The program without some commands, nor those that make no sense without them. */
    Program without(Set<Integer> dropped) {
        Set<Integer> gone = new HashSet<>(dropped);
        Set<String> unknownNames = new HashSet<>();
        List<Command> kept = new ArrayList<>();
        for (Command command : commands) {
            boolean drop = gone.contains(command.id()) || command.refersTo(gone);
            if (!command.name().isEmpty() && command.opens()) {
                drop = forget(unknownNames, command.name(), drop);
            } else if (!command.name().isEmpty()) {
                drop |= unknownNames.contains(command.name());
            }
            if (drop) {
                gone.add(command.id());
            } else {
                kept.add(command);
            }
        }
        return new Program(origin, api, kept);
    }

    private static boolean forget(Set<String> unknownNames, String name, boolean drop) {
        if (drop) {
            unknownNames.add(name);
        } else {
            unknownNames.remove(name);
        }
        return drop;
    }

    /** The program with one command changed. */
    Program with(Command changed) {
        return new Program(
                origin,
                api,
                commands.stream()
                        .map(command -> command.id() == changed.id() ? changed : command)
                        .toList());
    }

    /** Whether a range of it reaches beyond the run's own keys. */
    boolean leavesItsKeys() {
        return commands.stream().flatMap(command -> command.pieces().stream()).anyMatch(Piece.Open.class::isInstance);
    }
}
