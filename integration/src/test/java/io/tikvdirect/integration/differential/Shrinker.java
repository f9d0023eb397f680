package io.tikvdirect.integration.differential;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Confined to one thread. Makes a failing program shorter as long as it still fails: first without whole blocks of
 * commands (delta debugging), then with fewer words, then with shorter words.
 */
final class Shrinker {
    /** Whether a program still fails. */
    interface Fails {
        boolean test(Program program) throws IOException;
    }

    private final Fails fails;
    private int attemptsLeft;

    /**
     * A shrinker for one failing program.
     *
     * @param attempts the most programs it may try
     */
    Shrinker(Fails fails, int attempts) {
        this.fails = fails;
        this.attemptsLeft = attempts;
    }

    /** The shortest failing program found; the given one has to fail. */
    Program shrink(Program failing) throws IOException {
        Program best = failing;
        int before;
        do {
            before = best.text().length();
            best = fewerCommands(best);
            best = smallerCommands(best);
        } while (attemptsLeft > 0 && best.text().length() < before);
        return best;
    }

    private Program fewerCommands(Program failing) throws IOException {
        Program best = failing;
        for (int block = Math.max(1, best.commands().size() / 2); block > 0; block /= 2) {
            int from = 0;
            while (from < best.commands().size()) {
                Program candidate = best.without(ids(best, from, from + block));
                if (candidate.commands().isEmpty() || !stillFails(candidate)) {
                    from += block;
                } else {
                    best = candidate;
                }
            }
        }
        return best;
    }

    private static Set<Integer> ids(Program program, int from, int to) {
        Set<Integer> ids = new HashSet<>();
        List<Command> commands = program.commands();
        for (Command command : commands.subList(from, Math.min(to, commands.size()))) {
            ids.add(command.id());
        }
        return ids;
    }

    private Program smallerCommands(Program failing) throws IOException {
        Program best = failing;
        for (int i = 0; i < best.commands().size(); i++) {
            best = smallerAt(best, i);
        }
        return best;
    }

    private Program smallerAt(Program failing, int index) throws IOException {
        Program best = failing;
        boolean found = true;
        while (found) {
            found = false;
            for (Command smaller : smaller(best.commands().get(index))) {
                Program candidate = best.with(smaller);
                if (stillFails(candidate)) {
                    best = candidate;
                    found = true;
                    break;
                }
            }
        }
        return best;
    }

    /** The command without one or two of its words, and with one word made smaller. */
    private static List<Command> smaller(Command command) {
        List<Command> all = new ArrayList<>();
        List<Piece> pieces = command.pieces();
        for (int width = 2; width > 0; width--) {
            for (int i = 0; i + width <= pieces.size(); i++) {
                List<Piece> fewer = new ArrayList<>(pieces);
                fewer.subList(i, i + width).clear();
                if (!fewer.isEmpty()) {
                    all.add(command.with(fewer));
                }
            }
        }
        for (int i = 0; i < pieces.size(); i++) {
            for (Piece piece : pieces.get(i).smaller()) {
                List<Piece> changed = new ArrayList<>(pieces);
                changed.set(i, piece);
                all.add(command.with(changed));
            }
        }
        return all;
    }

    private boolean stillFails(Program candidate) throws IOException {
        return attemptsLeft-- > 0 && fails.test(candidate);
    }
}
