package io.tikvdirect.client.internal.txn;

import java.util.Arrays;

/** Not thread-safe. What nodes of a {@link WriteBuffer} held before they changed, in the order of the changes. */
final class UndoLog {

    private static final int[] NO_INTS = {};
    private static final byte[] NO_BYTES = {};

    private int[] nodes = NO_INTS;
    private int[] values = NO_INTS;
    private int[] serials = NO_INTS;
    private byte[] flags = NO_BYTES;
    private int size;
    private int lastSerial;
    private int stages;
    private int[] stageStarts = NO_INTS;
    private boolean checkpointTaken;

    /** Whether changes are to be noted: a stage is open, or a checkpoint has been taken. */
    boolean isKept() {
        return stages > 0 || checkpointTaken;
    }

    /** Whether nothing has ever been to be undone. */
    boolean isUnused() {
        return !isKept() && nodes.length == 0 && stageStarts.length == 0;
    }

    /** Opens a stage within those that are open, and gives its number, from 1. */
    int openStage() {
        if (stages == stageStarts.length) {
            stageStarts = Arrays.copyOf(stageStarts, Math.max(4, 2 * stages));
        }
        stageStarts[stages++] = size;
        return stages;
    }

    /** Closes the innermost stage, and gives where it began. */
    int closeStage(int stage) {
        if (stage != stages || stage == 0) {
            throw new IllegalArgumentException("stage " + stage + " is not the innermost, which is " + stages);
        }
        return stageStarts[--stages];
    }

    /** The present end, which everything can be undone to from now on. */
    int checkpoint() {
        checkpointTaken = true;
        return size;
    }

    /** Refuses a checkpoint that is gone, or was taken before the innermost stage began. */
    void check(int checkpoint) {
        if (checkpoint > size || (stages > 0 && checkpoint < stageStarts[stages - 1])) {
            throw new IllegalArgumentException("the checkpoint is gone, or was taken before the innermost stage began");
        }
    }

    /** Forgets everything. */
    void clear() {
        size = 0;
        stages = 0;
    }

    /** Notes what a node holds. */
    void add(int node, int value, int nodeFlags) {
        if (size == nodes.length) {
            int length = Math.max(16, 2 * size);
            nodes = Arrays.copyOf(nodes, length);
            values = Arrays.copyOf(values, length);
            serials = Arrays.copyOf(serials, length);
            flags = Arrays.copyOf(flags, length);
        }
        nodes[size] = node;
        values[size] = value;
        serials[size] = ++lastSerial;
        flags[size] = (byte) nodeFlags;
        size++;
    }

    int size() {
        return size;
    }

    int node(int position) {
        return nodes[position];
    }

    int value(int position) {
        return values[position];
    }

    int flags(int position) {
        return flags[position];
    }

    /** Names the record before a position: another one in its place has another name. */
    int serialBefore(int position) {
        return position == 0 ? 0 : serials[position - 1];
    }

    /** Forgets what lies behind. */
    void cut(int newSize) {
        size = newSize;
    }
}
