package io.tikvdirect.integration.history;

import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Single keys are written once, and groups of them read: no two reads may see two writes in two orders. */
final class LongForkWorkload implements Workload {
    private static final int GROUP = 4;

    private final Queue<Seen> reads = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();

    /** Immutable. Which keys of a group a read found written. */
    record Seen(int group, BitSet written) {}

    @Override
    public String name() {
        return "long-fork";
    }

    @Override
    public void prepare(TransactionClient client) {
        // no key is written yet
    }

    @Override
    public void operate(Recorder recorder, SplittableRandom random) {
        if (random.nextInt(2) == 0) {
            int number = next.getAndIncrement();
            TransactionOptions options = Keys.options(random);
            var unused = recorder.once(options, txn -> {
                txn.put(Keys.key("fork", number), Keys.value(number));
                return true;
            });
            return;
        }
        int group = Math.max(0, next.get() - 1) / GROUP;
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < GROUP; i++) {
            keys.add(Keys.key("fork", group * GROUP + i));
        }
        Recorder.Recorded<List<byte[]>> read =
                recorder.read(client -> client.snapshot(client.timestamp()).batchGet(keys));
        if (read.result() != null) {
            BitSet written = new BitSet();
            for (int i = 0; i < GROUP; i++) {
                written.set(i, read.result().get(i) != null);
            }
            reads.add(new Seen(group, written));
        }
    }

    @Override
    public @Nullable String violation(TransactionClient client) {
        return check(List.copyOf(reads));
    }

    /** Two reads of a group of which neither has seen all that the other has; null if there are none. */
    static @Nullable String check(List<Seen> all) {
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                Seen one = all.get(i);
                Seen other = all.get(j);
                if (one.group() == other.group()
                        && !contains(one.written(), other.written())
                        && !contains(other.written(), one.written())) {
                    return "two orders of the same writes: " + one + " and " + other;
                }
            }
        }
        return null;
    }

    private static boolean contains(BitSet larger, BitSet smaller) {
        BitSet missing = (BitSet) smaller.clone();
        missing.andNot(larger);
        return missing.isEmpty();
    }
}
