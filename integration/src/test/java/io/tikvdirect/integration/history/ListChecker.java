package io.tikvdirect.integration.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Confined to one thread. Checks a history of transactions that read lists and append to them, as Elle does: since every
 * element is appended once, a read shows in which order the transactions before it wrote. From that follow dependencies
 * between transactions (who wrote after whom, who read from whom, who read before whom wrote), and snapshot isolation forbids
 * every cycle of them in which no two reads-before-writes come one after the other. Such neighbours are write skew, which it
 * allows. That one transaction had ended before another began is a dependency too: timestamps are given out in real time.
 */
final class ListChecker {
    /**
     * Immutable. One transaction.
     *
     * @param span when, and whether its outcome is known
     * @param reads what it found of each list that it read before appending to it; empty if the outcome is unknown
     * @param appends what it appended to each list, in its order
     */
    record Txn(Span span, Map<Integer, List<Integer>> reads, Map<Integer, List<Integer>> appends) {}

    private final List<Txn> all;
    private final Map<Integer, Integer> writers = new HashMap<>(); // element, transaction
    private final Map<Integer, List<Integer>> orders = new HashMap<>(); // key, elements in the order of writing
    private final DependencyGraph graph;

    private ListChecker(List<Txn> all) {
        this.all = all;
        this.graph = new DependencyGraph(all.size());
    }

    /** Why a history cannot have happened under snapshot isolation; null if it can. */
    static @Nullable String check(List<Txn> history) {
        return new ListChecker(history).violation();
    }

    private @Nullable String violation() {
        for (int i = 0; i < all.size(); i++) {
            for (List<Integer> elements : all.get(i).appends().values()) {
                for (int element : elements) {
                    writers.put(element, i);
                }
            }
        }
        String wrongRead = wrongRead();
        if (wrongRead != null) {
            return wrongRead;
        }
        addReadsAndWrites();
        addRealTime();
        List<Integer> cycle = graph.forbiddenCycle();
        return cycle.isEmpty() ? null : describe(cycle);
    }

    /** Reads of what was never committed, of halves, twice the same, or in two orders. */
    private @Nullable String wrongRead() {
        for (Txn txn : all) {
            for (Map.Entry<Integer, List<Integer>> read : txn.reads().entrySet()) {
                String wrong = wrongElements(read.getKey(), read.getValue());
                if (wrong == null) {
                    wrong = merge(read.getKey(), read.getValue());
                }
                if (wrong != null) {
                    return wrong + ", read by " + txn;
                }
            }
        }
        return null;
    }

    private @Nullable String wrongElements(int key, List<Integer> elements) {
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < elements.size(); i++) {
            int element = elements.get(i);
            Integer writer = writers.get(element);
            if (!seen.add(element)) {
                return "element " + element + " twice in list " + key;
            }
            if (writer == null || all.get(writer).span().outcome() == Outcome.FAILED) {
                return "element " + element + " of list " + key + " was never committed";
            }
            List<Integer> together = all.get(writer).appends().get(key);
            int place = together == null ? -1 : together.indexOf(element);
            boolean whole = place >= 0
                    && i - place >= 0
                    && i - place + together.size() <= elements.size()
                    && elements.subList(i - place, i - place + together.size()).equals(together);
            if (!whole) {
                return "element " + element + " of list " + key + " without the others of its transaction";
            }
        }
        return null;
    }

    private @Nullable String merge(int key, List<Integer> elements) {
        List<Integer> known = orders.getOrDefault(key, List.of());
        int common = Math.min(known.size(), elements.size());
        if (!known.subList(0, common).equals(elements.subList(0, common))) {
            return "list " + key + " in two orders, " + known + " and " + elements;
        }
        if (elements.size() > known.size()) {
            orders.put(key, elements);
        }
        return null;
    }

    private void addReadsAndWrites() {
        orders.forEach((key, elements) -> {
            for (int i = 1; i < elements.size(); i++) {
                graph.add(writers.get(elements.get(i - 1)), writers.get(elements.get(i)), false);
            }
        });
        for (int i = 0; i < all.size(); i++) {
            int reader = i;
            all.get(i)
                    .reads()
                    .forEach((key, elements) -> addRead(reader, elements, orders.getOrDefault(key, List.of())));
        }
    }

    private void addRead(int reader, List<Integer> elements, List<Integer> order) {
        if (!elements.isEmpty()) {
            graph.add(writers.get(elements.get(elements.size() - 1)), reader, false);
        }
        if (elements.size() < order.size()) {
            graph.add(reader, writers.get(order.get(elements.size())), true);
        }
    }

    /** Only from the latest that had ended: the earlier ones follow. */
    private void addRealTime() {
        List<Integer> byStart = new ArrayList<>();
        List<Integer> byEnd = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            byStart.add(i);
            if (all.get(i).span().isOk()) {
                byEnd.add(i);
            }
        }
        byStart.sort((a, b) ->
                Long.compare(all.get(a).span().beganNs(), all.get(b).span().beganNs()));
        byEnd.sort((a, b) ->
                Long.compare(all.get(a).span().endedNs(), all.get(b).span().endedNs()));
        List<Integer> frontier = new ArrayList<>();
        int ended = 0;
        for (int later : byStart) {
            Span span = all.get(later).span();
            while (ended < byEnd.size() && all.get(byEnd.get(ended)).span().isBefore(span)) {
                int next = byEnd.get(ended++);
                frontier.removeIf(
                        old -> all.get(old).span().isBefore(all.get(next).span()));
                frontier.add(next);
            }
            frontier.forEach(earlier -> graph.add(earlier, later, false));
        }
    }

    private String describe(List<Integer> cycle) {
        StringBuilder text = new StringBuilder("a cycle that snapshot isolation forbids:");
        Map<Integer, Txn> named = new LinkedHashMap<>();
        cycle.forEach(number -> named.put(number, all.get(number)));
        named.forEach(
                (number, txn) -> text.append("\n  T").append(number).append(' ').append(txn));
        return text.append("\n  in the order ").append(cycle).toString();
    }
}
