package io.tikvdirect.integration.history;

import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Optimistic transactions read lists and append to them; {@link ListChecker} looks for forbidden cycles. */
final class ListAppendWorkload implements Workload {
    private static final int LISTS_AT_ONCE = 4;
    private static final int TRANSACTIONS_PER_LIST = 40;

    private final Queue<ListChecker.Txn> history = new ConcurrentLinkedQueue<>();
    private final AtomicInteger elements = new AtomicInteger();
    private final AtomicInteger transactions = new AtomicInteger();

    @Override
    public String name() {
        return "list-append";
    }

    @Override
    public void prepare(TransactionClient client) {
        // a list that is not there is empty
    }

    @Override
    public void operate(Recorder recorder, SplittableRandom random) {
        int oldest = transactions.getAndIncrement() / TRANSACTIONS_PER_LIST;
        TransactionOptions options = Keys.options(random).withPessimistic(false);
        Map<Integer, List<Integer>> reads = new LinkedHashMap<>();
        Map<Integer, List<Integer>> appends = new LinkedHashMap<>();
        int steps = 1 + random.nextInt(4);
        int[][] plan = new int[steps][];
        for (int i = 0; i < steps; i++) {
            plan[i] = new int[] {oldest + random.nextInt(LISTS_AT_ONCE), random.nextInt(2)};
        }
        Recorder.Recorded<Boolean> done = recorder.once(options, txn -> {
            for (int[] step : plan) {
                step(txn, step[0], step[1] == 0, reads, appends);
            }
            return true;
        });
        boolean isKnown = done.span().outcome() == Outcome.OK;
        history.add(new ListChecker.Txn(done.span(), isKnown ? reads : Map.of(), appends));
    }

    private void step(
            Transaction txn,
            int list,
            boolean reads,
            Map<Integer, List<Integer>> found,
            Map<Integer, List<Integer>> appended) {
        byte[] key = Keys.key("list", list);
        List<Integer> now = parse(txn.get(key));
        List<Integer> own = appended.getOrDefault(list, List.of());
        found.putIfAbsent(list, new ArrayList<>(now.subList(0, now.size() - own.size())));
        if (!reads) {
            int element = elements.incrementAndGet();
            appended.computeIfAbsent(list, unused -> new ArrayList<>()).add(element);
            now.add(element);
            txn.put(key, Keys.bytes(now.toString()));
        }
    }

    private static List<Integer> parse(byte @Nullable [] value) {
        List<Integer> elements = new ArrayList<>();
        if (value != null) {
            String text = new String(value, StandardCharsets.UTF_8);
            for (String element : text.substring(1, text.length() - 1).split(", ")) {
                elements.add(Integer.parseInt(element));
            }
        }
        return elements;
    }

    @Override
    public @Nullable String violation(TransactionClient client) {
        return ListChecker.check(List.copyOf(history));
    }
}
