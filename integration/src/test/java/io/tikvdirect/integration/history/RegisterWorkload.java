package io.tikvdirect.integration.history;

import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Reads, writes and swaps of single keys; those of each key are linearizable. A key is left for the next one
 * after some operations, which keeps each history short enough to be searched.
 */
final class RegisterWorkload implements Workload {
    private static final int OPERATIONS_PER_KEY = 60;

    private final Queue<Entry> entries = new ConcurrentLinkedQueue<>();
    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicInteger values = new AtomicInteger();

    private record Entry(int register, RegisterChecker.Op op) {}

    @Override
    public String name() {
        return "register";
    }

    @Override
    public void prepare(TransactionClient client) {
        // a register that is not there holds 0
    }

    @Override
    public void operate(Recorder recorder, SplittableRandom random) {
        int register = operations.getAndIncrement() / OPERATIONS_PER_KEY;
        byte[] key = Keys.key("register", register);
        TransactionOptions options = Keys.options(random);
        int value = values.incrementAndGet();
        switch (random.nextInt(3)) {
            case 0 -> {
                Recorder.Recorded<Integer> read = recorder.read(client ->
                        Keys.number(client.snapshot(client.timestamp()).get(key)));
                add(register, read.span(), RegisterChecker.Kind.READ, read.result() == null ? 0 : read.result(), 0);
            }
            case 1 -> {
                Recorder.Recorded<Boolean> written = recorder.once(options, txn -> {
                    txn.put(key, Keys.value(value));
                    return true;
                });
                add(register, written.span(), RegisterChecker.Kind.WRITE, value, 0);
            }
            default -> {
                int[] found = new int[1];
                boolean[] tried = new boolean[1];
                Recorder.Recorded<Boolean> swapped = recorder.once(options, txn -> {
                    found[0] = Keys.number(options.pessimistic() ? txn.getForUpdate(key) : txn.get(key));
                    txn.put(key, Keys.value(value));
                    tried[0] = true;
                    return true;
                });
                if (tried[0]) {
                    add(register, swapped.span(), RegisterChecker.Kind.SWAP, value, found[0]);
                }
            }
        }
    }

    private void add(int register, Span span, RegisterChecker.Kind kind, int value, int expected) {
        entries.add(new Entry(register, new RegisterChecker.Op(span, kind, value, expected)));
    }

    @Override
    public @Nullable String violation(TransactionClient client) {
        List<List<RegisterChecker.Op>> registers = new ArrayList<>();
        for (Entry entry : entries) {
            while (registers.size() <= entry.register()) {
                registers.add(new ArrayList<>());
            }
            registers.get(entry.register()).add(entry.op());
        }
        for (int i = 0; i < registers.size(); i++) {
            String wrong = RegisterChecker.check(registers.get(i));
            if (wrong != null) {
                return "register " + i + ": " + wrong + "\n" + registers.get(i);
            }
        }
        return null;
    }
}
