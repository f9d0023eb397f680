package io.tikvdirect.integration.history;

import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Money moves between accounts; in every snapshot the sum is the same. */
final class BankWorkload implements Workload {
    private static final int ACCOUNTS = 8;
    private static final int BALANCE = 100;
    private static final List<byte[]> ALL = Keys.keys("bank", ACCOUNTS);

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    @Override
    public String name() {
        return "bank";
    }

    @Override
    public void prepare(TransactionClient client) {
        client.run(TransactionOptions.DEFAULT, txn -> {
            ALL.forEach(key -> txn.put(key, Keys.value(BALANCE)));
            return null;
        });
    }

    @Override
    public void operate(Recorder recorder, SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            Recorder.Recorded<String> read = recorder.read(
                    client -> wrongSum(client.snapshot(client.timestamp()).batchGet(ALL)));
            if (read.result() != null && !read.result().isEmpty()) {
                wrong.add(read.result());
            }
            return;
        }
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        int amount = 1 + random.nextInt(20);
        TransactionOptions options = Keys.options(random);
        var unused = recorder.once(options, txn -> transfer(txn, options.pessimistic(), from, to, amount));
    }

    private static boolean transfer(Transaction txn, boolean locking, int from, int to, int amount) {
        List<byte[]> both = List.of(ALL.get(from), ALL.get(to));
        List<byte[]> held = locking ? txn.lock(both, LockOptions.DEFAULT.returningValues()) : txn.batchGet(both);
        int moved = Math.min(amount, Keys.number(held.get(0)));
        txn.put(both.get(0), Keys.value(Keys.number(held.get(0)) - moved));
        txn.put(both.get(1), Keys.value(Keys.number(held.get(1)) + moved));
        return true;
    }

    /** Why balances cannot be those of one moment; empty if they can. */
    static String wrongSum(List<byte @Nullable []> balances) {
        int sum = 0;
        for (byte[] balance : balances) {
            if (balance == null) {
                return "an account is missing";
            }
            sum += Keys.number(balance);
        }
        return sum == ACCOUNTS * BALANCE ? "" : "the accounts hold " + sum + " instead of " + ACCOUNTS * BALANCE;
    }

    @Override
    public @Nullable String violation(TransactionClient client) {
        String last = wrongSum(client.snapshot(client.timestamp()).batchGet(ALL));
        if (!last.isEmpty()) {
            wrong.add(last);
        }
        return wrong.peek();
    }
}
