package io.tikvdirect.integration.history;

import java.time.Duration;
import java.util.List;

/** Confined to its main thread. The command {@code integration/histories}. */
final class Histories {
    private static final int WRONG_USAGE = 2;
    /** What is recorded is kept until it is checked, so that a long run is several. */
    private static final Duration LONGEST_RUN = Duration.ofSeconds(60);

    private Histories() {}

    public static void main(String[] arguments) throws Exception {
        long seed = System.nanoTime() & 0xffff_ffffL;
        double minutes = 10;
        try {
            for (int i = 0; i < arguments.length; i += 2) {
                switch (arguments[i]) {
                    case "--seed" -> seed = Long.parseLong(arguments[i + 1]);
                    case "--minutes" -> minutes = Double.parseDouble(arguments[i + 1]);
                    default -> throw new IllegalArgumentException("there is no option " + arguments[i]);
                }
            }
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            System.err.println("integration/histories: " + e.getMessage() + "; try --help");
            System.exit(WRONG_USAGE);
        }
        System.exit(run(seed, Duration.ofSeconds(Math.round(minutes * 60))));
    }

    private static int run(long firstSeed, Duration most) throws Exception {
        long endNs = System.nanoTime() + most.toNanos();
        for (long seed = firstSeed; System.nanoTime() - endNs < 0; seed++) {
            Duration left = Duration.ofNanos(endNs - System.nanoTime());
            History history = new History(seed, left.compareTo(LONGEST_RUN) < 0 ? left : LONGEST_RUN, Duration.ZERO);
            List<String> violations = history.run();
            history.lines().forEach(System.out::println);
            if (!violations.isEmpty()) {
                violations.forEach(System.out::println);
                return 1;
            }
        }
        System.out.println("nothing was seen that cannot be");
        return 0;
    }
}
