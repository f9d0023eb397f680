package io.tikvdirect.integration.differential;

import io.tikvdirect.client.ApiVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;

/**
 * Confined to one thread. Runs the programs that have shown a difference before, then those of consecutive seeds, on two
 * stacks until one differs, and shrinks that one.
 */
final class DifferentialRun {
    /** A cluster grows by the regions that programs split off; a new one begins after so many executions. */
    private static final int EXECUTIONS_PER_CLUSTER = 400;

    private static final int SHRINK_ATTEMPTS = 600;

    private final String kind;
    private final StackSpec first;
    private final StackSpec second;
    private final ApiVersion api;
    private final ProgramSource source;

    DifferentialRun(String kind, StackSpec first, StackSpec second, ApiVersion api, ProgramSource source) {
        this.kind = kind;
        this.first = first;
        this.second = second;
        this.api = api;
        this.source = source;
    }

    /**
     * Runs programs until one differs, all are done or the time is over.
     *
     * @param seed of the first program; each further one has the next
     * @param programs how many
     * @param most the time to run for, not counting the shrinking
     */
    Report run(long seed, long programs, Duration most) throws IOException {
        Report report = new Report(this + ", seeds from " + seed);
        long endNs = System.nanoTime() + most.toNanos();
        long next = seed;
        boolean given = first.usesGivenCluster() || second.usesGivenCluster();
        int executions = given ? prefixesOfNow() : 0;
        Iterator<Program> fixed = FixedPrograms.of(kind, api, (first + " " + second).contains("client-go")).stream()
                .filter(program -> !given || !program.leavesItsKeys())
                .iterator();
        while (next < seed + programs && !report.differs() && System.nanoTime() < endNs) {
            try (Stack one = first.start(api, 1);
                    Stack other = second.start(api, 2)) {
                ProgramRunner runner = new ProgramRunner(one, other, executions);
                while (fixed.hasNext() && !report.differs()) {
                    step(runner, fixed.next(), report);
                }
                while (next < seed + programs
                        && !report.differs()
                        && runner.executions() < EXECUTIONS_PER_CLUSTER
                        && System.nanoTime() < endNs) {
                    step(runner, source.program(next++), report);
                }
                executions = given ? executions + runner.executions() : 0;
            }
        }
        report.end();
        return report;
    }

    /** A cluster that is given may hold the keys of earlier runs. */
    private static int prefixesOfNow() {
        return (int) (System.currentTimeMillis() / 1000 % ProgramRunner.PREFIXES);
    }

    private static void step(ProgramRunner runner, Program program, Report report) throws IOException {
        Outcome outcome = runner.run(program);
        report.add(outcome);
        if (outcome.differs()) {
            Attempts attempts = new Attempts(runner, outcome);
            new Shrinker(attempts, SHRINK_ATTEMPTS).shrink(outcome.executed());
            report.difference(outcome, attempts.shortest);
        }
    }

    /**
     * Keeps the shortest outcome that differed in the way the first one did: a race may not show itself again, and with
     * commands left out a program may meet another difference, which is not the one looked for.
     */
    private static final class Attempts implements Shrinker.Fails {
        private final ProgramRunner runner;
        private final String way;
        private Outcome shortest;

        Attempts(ProgramRunner runner, Outcome failing) {
            this.runner = runner;
            this.way = failing.way();
            this.shortest = failing;
        }

        @Override
        public boolean test(Program candidate) throws IOException {
            Outcome outcome = runner.run(candidate);
            boolean isAlike = outcome.differs() && outcome.way().equals(way);
            if (isAlike) {
                shortest = outcome;
            }
            return isAlike;
        }
    }

    @Override
    public String toString() {
        return kind + " programs, API " + api + ", on " + first + " and " + second;
    }
}
