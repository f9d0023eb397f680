package io.tikvdirect.integration.history;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.client.txn.TransactionScanner;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Elements are added to a set; what was added is found by every later scan, what failed by none. */
final class SetWorkload implements Workload {
    private static final KeyRange ALL = KeyRange.prefix(Keys.bytes("set/"));
    private static final int READ_EVERY = 20;

    private final Queue<Added> added = new ConcurrentLinkedQueue<>();
    private final Queue<Scanned> scans = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();

    /** Immutable. An element, and whether it was added. */
    record Added(Span span, int element) {}

    /** Immutable. What a scan found. */
    record Scanned(Span span, Set<Integer> elements) {}

    @Override
    public String name() {
        return "set";
    }

    @Override
    public void prepare(TransactionClient client) {
        // the set is empty
    }

    @Override
    public void operate(Recorder recorder, SplittableRandom random) {
        if (random.nextInt(READ_EVERY) == 0) {
            Recorder.Recorded<Set<Integer>> scan = recorder.read(SetWorkload::scan);
            if (scan.result() != null) {
                scans.add(new Scanned(scan.span(), scan.result()));
            }
            return;
        }
        int element = next.getAndIncrement();
        TransactionOptions options = Keys.options(random);
        Recorder.Recorded<Boolean> done = recorder.once(options, txn -> {
            txn.insert(Keys.key("set", element), Keys.value(element));
            return true;
        });
        added.add(new Added(done.span(), element));
    }

    private static Set<Integer> scan(TransactionClient client) {
        Set<Integer> found = new HashSet<>();
        try (TransactionScanner pairs = client.snapshot(client.timestamp()).scanner(ALL, ScanOptions.unlimited())) {
            while (pairs.hasNext()) {
                KvPair pair = pairs.next();
                found.add(Keys.number(pair.value()));
            }
        }
        return found;
    }

    @Override
    public @Nullable String violation(TransactionClient client) {
        long nowNs = System.nanoTime();
        scans.add(new Scanned(new Span(-1, nowNs, System.nanoTime(), Outcome.OK), scan(client)));
        return check(List.copyOf(added), List.copyOf(scans));
    }

    /** A scan that lacks what was added before, or has what was not; null if there is none. */
    static @Nullable String check(List<Added> added, List<Scanned> scans) {
        for (Scanned scan : scans) {
            for (Added one : added) {
                boolean found = scan.elements().contains(one.element());
                if (found && one.span().outcome() == Outcome.FAILED) {
                    return "element " + one.element() + " was found, though adding it failed";
                }
                if (!found && one.span().isOk() && one.span().isBefore(scan.span())) {
                    return "element " + one.element() + " was added and then not found by " + scan.span();
                }
            }
        }
        return null;
    }
}
