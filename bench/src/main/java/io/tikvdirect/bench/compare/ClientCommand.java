package io.tikvdirect.bench.compare;

import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. How a client is started.
 *
 * @param label its name in the table
 * @param command takes the flags of {@code ./tikv bench} behind it
 */
record ClientCommand(String label, List<String> command) {
    /** Platform threads that block; more of them measure the scheduler. */
    private static final int MOST_THREADS = 256;

    static ClientCommand parse(String labelAndCommand) {
        int equals = labelAndCommand.indexOf('=');
        if (equals <= 0) {
            throw new IllegalArgumentException("not LABEL=COMMAND: " + labelAndCommand);
        }
        return new ClientCommand(
                labelAndCommand.substring(0, equals), Settings.words(labelAndCommand.substring(equals + 1)));
    }

    /** The command as a reader wants it: without folders, class path and where logs go. */
    String brief() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < command.size(); i++) {
            String word = command.get(i);
            if (i > 0 && command.get(i - 1).equals("-cp")) {
                words.add("...");
            } else if (!word.startsWith("-Xlog") && !word.startsWith("-Dorg.slf4j")) {
                words.add(word.substring(word.lastIndexOf('/') + 1));
            }
        }
        return String.join(" ", words);
    }

    /** Whether it can do that: the floor knows no clock, and three know no transactions. */
    boolean takes(Scenario scenario) {
        boolean onlyRaw = command.contains("direct") || label.startsWith("floor") || label.equals("tikv-client-java");
        return takes(scenario.inFlight())
                && (scenario.rate() == 0 || !label.startsWith("floor"))
                && !(onlyRaw && Scenario.isTransactional(scenario.workload()));
    }

    /** Whether it can have so many operations under way. */
    boolean takes(int inFlight) {
        boolean virtual = command.contains("--virtual");
        boolean blocksThreads = (command.contains("sync") && !virtual) || label.equals("tikv-client-java");
        return !blocksThreads || inFlight <= MOST_THREADS;
    }
}
