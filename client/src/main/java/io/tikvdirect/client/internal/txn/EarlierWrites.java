package io.tikvdirect.client.internal.txn;

import org.agrona.collections.Int2IntHashMap;

/**
 * Used by one thread at a time, under the guard of its transaction. A write buffer as it was at a checkpoint (MEM-03): what
 * a node held then is what its first change since has noted, or what it holds if there was none.
 */
final class EarlierWrites {

    private static final int UNCHANGED = Integer.MIN_VALUE;

    private final WriteBuffer buffer;
    private final int checkpoint;
    private final int serial;
    private final Int2IntHashMap before = new Int2IntHashMap(UNCHANGED);
    private int seen;
    private int serialSeen;

    /**
     * The buffer as it was.
     *
     * @param checkpoint of the buffer, still to be reverted to
     */
    EarlierWrites(WriteBuffer buffer, int checkpoint) {
        this.buffer = buffer;
        this.checkpoint = checkpoint;
        this.seen = checkpoint;
        this.serial = buffer.undo().serialBefore(checkpoint);
        this.serialSeen = serial;
    }

    WriteBuffer buffer() {
        return buffer;
    }

    /** Takes note of what has changed since the last look; throws when the past was undone. */
    EarlierWrites lookAgain() {
        UndoLog undo = buffer.undo();
        if (undo.size() < checkpoint || undo.serialBefore(checkpoint) != serial) {
            throw new IllegalStateException("the transaction was rolled back to before this savepoint");
        }
        if (undo.size() < seen || undo.serialBefore(seen) != serialSeen) {
            // what was undone meanwhile has the value again that was noted
            seen = checkpoint;
        }
        for (; seen < undo.size(); seen++) {
            int node = undo.node(seen);
            if (before.get(node) == UNCHANGED) {
                before.put(node, undo.value(seen));
            }
        }
        serialSeen = undo.serialBefore(seen);
        return this;
    }

    /** The address of what a node held. */
    int address(int node) {
        int then = before.get(node);
        return then == UNCHANGED ? buffer.address(node) : then;
    }
}
