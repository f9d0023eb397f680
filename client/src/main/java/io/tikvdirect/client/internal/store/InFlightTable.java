package io.tikvdirect.client.internal.store;

import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its link's event loop. Requests sent and not answered, by request id.
 *
 * <p>An array, not a map: the slot is the id's low bits, and an operation remembers its own id, so that an answer with an
 * id that is unknown, stale or repeated finds either an empty slot or an operation with another id, and completes
 * nothing. Ids grow and are never used again within a table's life.
 *
 * <p>The table is at least twice as large as the number of operations a client can have, so a free slot always exists;
 * an id whose slot is still held by a slow request is skipped.
 */
final class InFlightTable {

    private final @Nullable Operation[] slots;
    private final int mask;
    private long nextId = 1;
    private int size;

    /**
     * Makes an empty table.
     *
     * @param maxOperations how many operations may be in it at once
     */
    InFlightTable(int maxOperations) {
        int capacity = Integer.highestOneBit(Math.max(2, maxOperations) - 1) << 2;
        this.slots = new Operation[capacity];
        this.mask = capacity - 1;
    }

    /**
     * Gives an operation its request id and keeps it.
     *
     * @param operation in no table
     * @return its new id, larger than every id before
     */
    long add(Operation operation) {
        long id = nextId;
        while (slots[(int) id & mask] != null) {
            id++;
        }
        slots[(int) id & mask] = operation;
        operation.requestId = id;
        nextId = id + 1;
        size++;
        return id;
    }

    /**
     * Takes the operation with an id out.
     *
     * @param id a request id, possibly one that a broken peer made up
     * @return null when no operation waits for this id
     */
    @Nullable
    Operation remove(long id) {
        int slot = (int) id & mask;
        Operation operation = slots[slot];
        if (operation == null || operation.requestId != id) {
            return null;
        }
        slots[slot] = null;
        operation.requestId = 0;
        size--;
        return operation;
    }

    /**
     * Puts an operation back that was just taken out.
     *
     * @param id the id it was taken out with
     * @param operation the operation
     */
    void restore(long id, Operation operation) {
        slots[(int) id & mask] = operation;
        operation.requestId = id;
        size++;
    }

    /**
     * Tells a late or repeated answer from one that the peer made up.
     *
     * @param id the id of an answer that nothing waits for
     * @throws MalformedMessageException when this id was never given out
     */
    void checkIssued(long id) throws MalformedMessageException {
        if (id <= 0 || id >= nextId) {
            throw new MalformedMessageException(
                    MalformedMessageException.Reason.INCONSISTENT,
                    "an answer to request " + id + ", which was never sent");
        }
    }

    /**
     * Takes out all operations that a condition holds for.
     *
     * @param isWanted the condition
     * @return in no particular order
     */
    List<Operation> removeIf(Predicate<Operation> isWanted) {
        List<Operation> removed = new ArrayList<>();
        int left = size;
        for (int slot = 0; left > 0; slot++) {
            Operation operation = slots[slot];
            if (operation != null) {
                left--;
                if (isWanted.test(operation)) {
                    remove(operation.requestId);
                    removed.add(operation);
                }
            }
        }
        return removed;
    }

    /**
     * Shows all operations, which nobody takes out meanwhile.
     *
     * @param visitor called once for each, in no particular order
     */
    void forEach(Consumer<Operation> visitor) {
        int left = size;
        for (int slot = 0; left > 0; slot++) {
            Operation operation = slots[slot];
            if (operation != null) {
                left--;
                visitor.accept(operation);
            }
        }
    }

    int size() {
        return size;
    }
}
