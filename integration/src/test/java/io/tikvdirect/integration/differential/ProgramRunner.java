package io.tikvdirect.integration.differential;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Confined to one thread. Executes programs on two stacks, statement by statement, and compares.
 *
 * <p>Each execution gets keys of its own, so that what earlier ones left behind (data, region borders, locks) is out of
 * its way. A command that one stack does not serve is left out on both.
 */
final class ProgramRunner {
    static final int PREFIXES = 1_000_000;

    private final Stack first;
    private final Stack second;
    private final int earlier;
    private int executions;

    /**
     * A runner.
     *
     * @param earlier executions on the same clusters, whose keys are still there
     */
    ProgramRunner(Stack first, Stack second, int earlier) {
        this.first = first;
        this.second = second;
        this.earlier = earlier;
    }

    Outcome run(Program program) throws IOException {
        Set<Integer> leftOut = new HashSet<>();
        List<Outcome.NotServed> notServed = new ArrayList<>();
        while (true) {
            Program executed = program.without(leftOut);
            Execution execution = new Execution(executed, notServed);
            execution.start();
            if (execution.spoilt < 0) {
                return new Outcome(executed, notServed, execution.difference);
            }
            leftOut.add(execution.spoilt);
        }
    }

    /** How many programs were executed, those for shrinking and without unserved commands included. */
    int executions() {
        return executions;
    }

    /** Everything of one execution. */
    private final class Execution {
        private final Program program;
        private final List<Outcome.NotServed> notServed;
        private final String prefix = String.format("d%06d/", (earlier + ++executions) % PREFIXES);
        private final Side one = new Side(first, prefix);
        private final Side other = new Side(second, prefix);
        private Outcome.Difference difference;
        private int spoilt = -1; // the command that one stack executed and the other does not serve

        Execution(Program program, List<Outcome.NotServed> notServed) {
            this.program = program;
            this.notServed = notServed;
        }

        void start() throws IOException {
            if (program.leavesItsKeys()) {
                one.wipe();
                other.wipe();
            }
            List<String> templates = program.templates();
            for (int i = 0; i < templates.size() && difference == null && spoilt < 0; i++) {
                step(
                        i,
                        program.commands().get(i),
                        Escapes.expand(templates.get(i)).replace("@", prefix));
            }
            one.endTransactions(program);
            other.endTransactions(program);
        }

        private void step(int index, Command command, String line) throws IOException {
            JsonAnswer a = one.ask(command, line);
            JsonAnswer b = other.ask(command, line);
            if (a.isNotServed() || b.isNotServed()) {
                countUnserved(command, one.stack, a);
                countUnserved(command, other.stack, b);
                boolean diverged = a.isNotServed() != b.isNotServed() && !command.onlyReads();
                spoilt = diverged ? command.id() : -1;
            } else if (!one.comparable.equals(other.comparable)) {
                difference = new Outcome.Difference(
                        index, List.of(a.fields().toString(), b.fields().toString()));
            }
        }

        private void countUnserved(Command command, Stack stack, JsonAnswer answer) {
            if (answer.isNotServed()) {
                notServed.add(new Outcome.NotServed(stack.name(), command.shape(), answer.message()));
            }
        }
    }

    /** One stack's half of an execution. */
    private static final class Side {
        private final Stack stack;
        private final Normaliser normaliser;
        private final Map<Integer, Long> timestamps = new HashMap<>();
        private JsonObject comparable = new JsonObject();
        private int lines;

        Side(Stack stack, String prefix) {
            this.stack = stack;
            this.normaliser = new Normaliser(prefix);
        }

        JsonAnswer ask(Command command, String line) throws IOException {
            long asked = 0;
            String statement = line;
            int reference = line.lastIndexOf('$');
            if (reference >= 0) {
                asked = timestamps.getOrDefault(number(line, reference + 1), 0L);
                statement = line.substring(0, reference) + asked + afterNumber(line, reference + 1);
            }
            JsonAnswer answer = JsonAnswer.parse(stack, stack.answer(statement));
            timestamps.put(++lines, answer.timestamp());
            comparable = normaliser.normalise(command, answer, asked);
            return answer;
        }

        private static int number(String line, int from) {
            return Integer.parseInt(line.substring(from, endOfNumber(line, from)));
        }

        private static String afterNumber(String line, int from) {
            return line.substring(endOfNumber(line, from));
        }

        private static int endOfNumber(String line, int from) {
            int end = from;
            while (end < line.length() && Character.isDigit(line.charAt(end))) {
                end++;
            }
            return end;
        }

        /** Removes what all runs wrote, for programs whose ranges are open: every prefix begins with d. */
        void wipe() throws IOException {
            JsonAnswer answer = JsonAnswer.parse(stack, stack.answer("raw delrange d e"));
            if (!answer.ok()) {
                throw new IOException(stack.name() + " cannot be emptied: " + answer.fields());
            }
        }

        /** What was left open must not hold locks that a later program meets. */
        void endTransactions(Program program) throws IOException {
            Set<String> names = new HashSet<>();
            for (Command command : program.commands()) {
                if (command.head().equals("begin") && names.add(command.name())) {
                    stack.answer(command.name() + " rollback");
                }
            }
        }
    }
}
