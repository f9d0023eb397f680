package io.tikvdirect.integration.history;

import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Counters only grow: nobody reads less than somebody has read, or counted, before. */
final class MonotonicWorkload implements Workload {
    private static final int COUNTERS = 3;

    private final Queue<Look> looks = new ConcurrentLinkedQueue<>();

    /**
     * Immutable. What a read found, or an increment made.
     *
     * @param span when
     * @param counter which
     * @param value of it
     */
    record Look(Span span, int counter, int value) {}

    @Override
    public String name() {
        return "monotonic";
    }

    @Override
    public void prepare(TransactionClient client) {
        // a counter that is not there is at 0
    }

    @Override
    public void operate(Recorder recorder, SplittableRandom random) {
        int counter = random.nextInt(COUNTERS);
        byte[] key = Keys.key("counter", counter);
        TransactionOptions options = Keys.options(random);
        Recorder.Recorded<Integer> seen = random.nextInt(2) == 0
                ? recorder.read(client ->
                        Keys.number(client.snapshot(client.timestamp()).get(key)))
                : recorder.once(options, txn -> {
                    int value = 1 + Keys.number(options.pessimistic() ? txn.getForUpdate(key) : txn.get(key));
                    txn.put(key, Keys.value(value));
                    return value;
                });
        if (seen.result() != null) {
            looks.add(new Look(seen.span(), counter, seen.result()));
        }
    }

    @Override
    public @Nullable String violation(TransactionClient client) {
        return check(List.copyOf(looks));
    }

    /** Two looks of which the later one saw less; null if there are none. */
    static @Nullable String check(List<Look> all) {
        for (int counter = 0; counter < COUNTERS; counter++) {
            int wanted = counter;
            List<Look> byStart = all.stream()
                    .filter(look -> look.counter() == wanted)
                    .sorted((a, b) -> Long.compare(a.span().beganNs(), b.span().beganNs()))
                    .toList();
            List<Look> byEnd = byStart.stream()
                    .sorted((a, b) -> Long.compare(a.span().endedNs(), b.span().endedNs()))
                    .toList();
            Look highest = null;
            int ended = 0;
            for (Look look : byStart) {
                while (ended < byEnd.size() && byEnd.get(ended).span().isBefore(look.span())) {
                    Look before = byEnd.get(ended++);
                    highest = highest == null || before.value() > highest.value() ? before : highest;
                }
                if (highest != null && look.value() < highest.value()) {
                    return "a counter went back: " + highest + ", then " + look;
                }
            }
        }
        return null;
    }
}
