package io.tikvdirect.integration.history;

import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Two of a pair may not both be taken: each transaction reads both and takes one. Snapshot isolation allows
 * that both are taken all the same; not so if the transactions lock the key that they only read.
 */
final class WriteSkewWorkload implements Workload {
    private static final int PER_PAIR = 6;

    private final AtomicInteger operations = new AtomicInteger();

    @Override
    public String name() {
        return "write-skew";
    }

    @Override
    public void prepare(TransactionClient client) {
        // nothing is taken yet
    }

    @Override
    public void operate(Recorder recorder, SplittableRandom random) {
        int pair = operations.getAndIncrement() / PER_PAIR;
        int mine = random.nextInt(2);
        List<byte[]> both = List.of(Keys.key("skew", 2 * pair), Keys.key("skew", 2 * pair + 1));
        TransactionOptions options = Keys.options(random);
        var unused = recorder.once(options, txn -> take(txn, options.pessimistic(), both, mine));
    }

    private static boolean take(Transaction txn, boolean pessimistic, List<byte[]> both, int mine) {
        LockOptions how = pessimistic ? LockOptions.DEFAULT.returningValues() : LockOptions.DEFAULT;
        List<byte[]> locked = txn.lock(both, how);
        List<byte[]> values = pessimistic ? locked : txn.batchGet(both);
        if (values.get(0) == null && values.get(1) == null) {
            txn.put(both.get(mine), Keys.value(1));
        }
        return true;
    }

    @Override
    public @Nullable String violation(TransactionClient client) {
        int pairs = operations.get() / PER_PAIR + 1;
        for (int from = 0; from < pairs; from += 1_000) {
            int count = Math.min(1_000, pairs - from);
            List<byte[]> keys = Keys.keys("skew", 2 * (from + count)).subList(2 * from, 2 * (from + count));
            String wrong = check(client.snapshot(client.timestamp()).batchGet(keys), from);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    /** A pair of which both are taken; null if there is none. */
    static @Nullable String check(List<byte @Nullable []> values, int firstPair) {
        for (int i = 0; i < values.size(); i += 2) {
            if (values.get(i) != null && values.get(i + 1) != null) {
                return "both of pair " + (firstPair + i / 2) + " are taken, though each was locked for the other";
            }
        }
        return null;
    }
}
