package io.tikvdirect.client.internal.store;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its link's event loop. Operations that cannot be sent yet, each kind in its order: urgent ones first.
 *
 * <p>Bounded by the client's window, which every operation has a place in.
 */
final class WaitingOperations {

    private final ArrayDeque<Operation> urgent = new ArrayDeque<>();
    private final ArrayDeque<Operation> others = new ArrayDeque<>();

    boolean isEmpty() {
        return urgent.isEmpty() && others.isEmpty();
    }

    void add(Operation operation) {
        (operation.isUrgent() ? urgent : others).add(operation);
    }

    /** The first urgent one; null when there is none. */
    @Nullable
    Operation pollUrgent() {
        return urgent.poll();
    }

    /** The first of those that are not urgent; null when there is none. */
    @Nullable
    Operation pollOther() {
        return others.poll();
    }

    /** Takes out those that are over and lets the others be seen. */
    void sweep(Predicate<Operation> isOver, List<Operation> over, Consumer<Operation> onStaying) {
        sweep(urgent, isOver, over, onStaying);
        sweep(others, isOver, over, onStaying);
    }

    private static void sweep(
            Deque<Operation> operations,
            Predicate<Operation> isOver,
            List<Operation> over,
            Consumer<Operation> onStaying) {
        for (int left = operations.size(); left > 0; left--) {
            Operation operation = operations.remove();
            if (isOver.test(operation)) {
                over.add(operation);
            } else {
                onStaying.accept(operation);
                operations.add(operation);
            }
        }
    }

    /** Takes all of them out. */
    void drainTo(List<Operation> target) {
        target.addAll(urgent);
        target.addAll(others);
        urgent.clear();
        others.clear();
    }
}
