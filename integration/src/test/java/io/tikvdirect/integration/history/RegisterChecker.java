package io.tikvdirect.integration.history;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stateless. Decides whether the operations on one register can be put in one order that respects real time and in which
 * every read shows the latest write (Wing and Gong's search, with Lowe's memory of configurations seen).
 */
final class RegisterChecker {
    private RegisterChecker() {}

    /** What an operation does. */
    enum Kind {
        READ,
        WRITE,
        /** Writes if the register holds what is expected. */
        SWAP
    }

    /**
     * Immutable. One operation; those that failed are left out by whoever records them.
     *
     * @param span when, and whether its outcome is known
     * @param kind what it does
     * @param value read or written
     * @param expected what a swap found
     */
    record Op(Span span, Kind kind, int value, int expected) {}

    /** A configuration: what has been put in order, and what the register holds then. */
    private record Seen(BitSet done, int state) {}

    /**
     * Why a history is not linearizable; null if it is.
     *
     * @param operations of one register that is 0 at the beginning
     */
    static @Nullable String check(List<Op> operations) {
        List<Op> all = new ArrayList<>();
        for (Op op : operations) {
            boolean tellsNothing = op.kind() == Kind.READ && !op.span().isOk();
            if (op.span().outcome() != Outcome.FAILED && !tellsNothing) {
                all.add(op);
            }
        }
        all.sort((a, b) -> Long.compare(a.span().beganNs(), b.span().beganNs()));
        Search search = new Search(all);
        return search.isPossible() ? null : search.report();
    }

    /** Depth-first search without recursion: histories are long. */
    private static final class Search {
        private final List<Op> all;
        private final Set<Seen> seen = new HashSet<>();
        private final BitSet done = new BitSet();
        private final List<int[]> path = new ArrayList<>(); // operation, state before it
        private int state;
        private int deepest;
        private @Nullable Op stuckAt;

        Search(List<Op> all) {
            this.all = all;
        }

        boolean isPossible() {
            int from = 0;
            while (!isComplete()) {
                int next = nextFrom(from);
                if (next >= 0) {
                    take(next);
                    from = 0;
                } else if (path.isEmpty()) {
                    return false;
                } else {
                    from = undo() + 1;
                }
            }
            return true;
        }

        /** Operations of unknown outcome need not have happened. */
        private boolean isComplete() {
            for (int i = done.nextClearBit(0); i < all.size(); i = done.nextClearBit(i + 1)) {
                if (all.get(i).span().isOk()) {
                    return false;
                }
            }
            return true;
        }

        /** The next operation that may come now and leads where the search has not been; -1 if none. */
        private int nextFrom(int from) {
            long limitNs = earliestEnd();
            for (int i = Math.max(from, done.nextClearBit(0)); i < all.size(); i++) {
                Op op = all.get(i);
                if (op.span().beganNs() > limitNs) {
                    return -1;
                }
                if (!done.get(i) && fits(op) && isNew(i, op)) {
                    return i;
                }
            }
            return -1;
        }

        private long earliestEnd() {
            long earliest = Long.MAX_VALUE;
            for (int i = done.nextClearBit(0); i < all.size(); i = done.nextClearBit(i + 1)) {
                Span span = all.get(i).span();
                if (span.beganNs() > earliest) {
                    break; // sorted: later ones end later still
                }
                if (span.endedNs() < earliest) {
                    earliest = span.endedNs();
                    stuckAt = path.size() >= deepest ? all.get(i) : stuckAt;
                }
            }
            return earliest;
        }

        private boolean fits(Op op) {
            return switch (op.kind()) {
                case READ -> op.value() == state;
                case WRITE -> true;
                case SWAP -> op.expected() == state;
            };
        }

        private boolean isNew(int index, Op op) {
            done.set(index);
            boolean isNew = seen.add(new Seen((BitSet) done.clone(), op.value()));
            done.clear(index);
            return isNew;
        }

        private void take(int index) {
            path.add(new int[] {index, state});
            done.set(index);
            state = all.get(index).value();
            deepest = Math.max(deepest, path.size());
        }

        private int undo() {
            int[] last = path.remove(path.size() - 1);
            done.clear(last[0]);
            state = last[1];
            return last[0];
        }

        String report() {
            return "no order of " + all.size() + " operations explains what was read; at most " + deepest
                    + " of them can be put in order, then none can be " + stuckAt;
        }
    }
}
