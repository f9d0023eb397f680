package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.codec.buffer.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Not thread-safe; may be read by several threads once handed over. What a transaction has written and not committed: an
 * ordered map from keys to values, tombstones and flags, in direct memory (MEM-01, MEM-02).
 *
 * <p>A skip list over {@link Slabs}. A node holds its key, its flags, and the addresses of its value and of its successors;
 * it never moves and is never removed, so an address stays good and iterating goes on across writes. A value that changes
 * is written anew and the old one stays, because an undo may want it back; only when nothing can be undone and the new
 * value fits is it written over the old one.
 *
 * <p>Undo is a log of what nodes held before. It is kept while a stage is open or a checkpoint has been taken. Reverting
 * plays it backwards; a node that then has neither value nor flags is as good as absent.
 *
 * <pre>
 * node:   value address | flags (1) | height (1) | key length (2) | next address * height | key
 * value:  length (4) | room (4) | bytes
 * </pre>
 */
final class WriteBuffer implements AutoCloseable {

    /** No node. */
    static final int NONE = 0;

    /** The key must not exist when the transaction commits. */
    static final int PRESUME_NOT_EXISTS = 1;

    /** The key is locked by this pessimistic transaction. */
    static final int LOCKED = 2;

    /** The key is expected to exist. */
    static final int EXPECT_PRESENT = 4;

    /** The key is expected not to exist. */
    static final int EXPECT_ABSENT = 8;

    /** The lock is shared with others. */
    static final int SHARED = 16;

    /** Longest key. */
    static final int MAX_KEY_BYTES = 0xFFFF;

    /** A lock call has told that the key exists. */
    static final int FOUND = 32;

    /** A lock call has told that the key does not exist. */
    static final int MISSING = 64;

    /** What stores have told, and no undo changes. */
    static final int OF_LOCKS = LOCKED | SHARED | FOUND | MISSING;

    /** The address of what was never written. */
    static final int NO_VALUE = 0;

    /** The address of what was deleted. */
    static final int TOMBSTONE = -1;

    private static final int MAX_HEIGHT = 16;
    private static final int FIRST_HEIGHT = 4;

    private static final int FLAGS = 4;
    private static final int HEIGHT = 5;
    private static final int KEY_LENGTH = 6;
    private static final int NEXT = 8;
    private static final int VALUE_HEAD = 8;
    private static final int ROOM = 4;

    private final Slabs slabs;
    /** Successors of no node, and the nodes before a place, by level; as long as the list is high, or longer. */
    private int[] head = new int[FIRST_HEIGHT];

    private int[] before = new int[FIRST_HEIGHT];
    private long random = 0x9E3779B97F4A7C15L;
    private int height = 1;

    private int entries;
    private long dataBytes;

    private final UndoLog undo = new UndoLog();

    /** A buffer with nothing in it, and into which nothing can be put: what is left of one that was given back. */
    static final WriteBuffer CLOSED = new WriteBuffer(null);

    /**
     * An empty buffer.
     *
     * @param allocator of its memory; null: it stays empty
     */
    WriteBuffer(@Nullable ByteBufAllocator allocator) {
        this.slabs = new Slabs(allocator);
    }

    /** Stores a value. */
    void put(byte[] key, byte[] value, int flagsToSet, int flagsToClear) {
        int node = findOrAdd(key);
        int newFlags = (flags(node) | flagsToSet) & ~flagsToClear;
        int old = address(node);
        if (old > NO_VALUE && !undo.isKept() && value.length <= room(old)) {
            dataBytes += value.length - valueLength(node);
            writeValue(old, value);
            setFlags(node, newFlags);
            return;
        }
        int address = slabs.allocate(VALUE_HEAD + value.length);
        slabs.slab(address).setInt(slabs.offset(address) + ROOM, value.length);
        writeValue(address, value);
        change(node, address, newFlags);
    }

    private void writeValue(int address, byte[] value) {
        ByteBuf slab = slabs.slab(address);
        int offset = slabs.offset(address);
        slab.setInt(offset, value.length);
        slab.setBytes(offset + VALUE_HEAD, value);
    }

    private int room(int address) {
        return slabs.slab(address).getInt(slabs.offset(address) + ROOM);
    }

    /** Stores a tombstone. */
    void delete(byte[] key, int flagsToSet, int flagsToClear) {
        int node = findOrAdd(key);
        change(node, TOMBSTONE, (flags(node) | flagsToSet) & ~flagsToClear);
    }

    /** Changes flags only. */
    void flag(byte[] key, int flagsToSet, int flagsToClear) {
        int node = findOrAdd(key);
        change(node, address(node), (flags(node) | flagsToSet) & ~flagsToClear);
    }

    private void change(int node, int newValue, int newFlags) {
        if (undo.isKept()) {
            undo.add(node, address(node), flags(node));
        }
        set(node, newValue, newFlags);
    }

    private void set(int node, int newValue, int newFlags) {
        if (isEntry(node)) {
            entries--;
            dataBytes -= keyLength(node) + (long) valueLength(node);
        }
        slabs.slab(node).setInt(slabs.offset(node), newValue);
        setFlags(node, newFlags);
        if (isEntry(node)) {
            entries++;
            dataBytes += keyLength(node) + (long) valueLength(node);
        }
    }

    private void setFlags(int node, int newFlags) {
        slabs.slab(node).setByte(slabs.offset(node) + FLAGS, newFlags);
    }

    // Undo

    private void undoTo(int position) {
        for (int last = undo.size() - 1; last >= position; last--) {
            int node = undo.node(last);
            int kept = flags(node) & OF_LOCKS;
            // a lock is what a store has granted or taken back, whatever is undone of what was written meanwhile
            set(node, undo.value(last), (undo.flags(last) & ~OF_LOCKS) | kept);
            undo.cut(last);
        }
    }

    /** What can be undone. */
    UndoLog undo() {
        return undo;
    }

    /**
     * Opens a stage within those that are open.
     *
     * @return its number, from 1
     */
    int stage() {
        return undo.openStage();
    }

    /** Closes the innermost stage and keeps what was written in it. */
    void release(int stage) {
        undo.closeStage(stage);
        if (!undo.isKept()) {
            undo.cut(0);
        }
    }

    /** Closes the innermost stage and undoes what was written in it. */
    void cleanUp(int stage) {
        undoTo(undo.closeStage(stage));
    }

    /**
     * Remembers the present state; from now on everything can be undone.
     *
     * @return what to pass to {@link #revert}
     */
    int checkpoint() {
        return undo.checkpoint();
    }

    /** Undoes everything since a checkpoint; locks stay. */
    void revert(int checkpoint) {
        undo.check(checkpoint);
        undoTo(checkpoint);
    }

    // Looking up

    /**
     * Looks for a key.
     *
     * @return its node, or {@link #NONE}; a node may hold neither value nor tombstone
     */
    int find(byte[] key) {
        int node = ceiling(key);
        return node != NONE && compare(node, key) == 0 ? node : NONE;
    }

    /** The first node at or above a key. */
    int ceiling(byte[] key) {
        int at = NONE;
        for (int level = height - 1; level >= 0; level--) {
            int next = next(at, level);
            while (next != NONE && compare(next, key) < 0) {
                at = next;
                next = next(at, level);
            }
        }
        return next(at, 0);
    }

    /** The last node below a key; of all nodes when the key is empty. */
    int below(byte[] key) {
        int at = NONE;
        for (int level = height - 1; level >= 0; level--) {
            int next = next(at, level);
            while (next != NONE && (key.length == 0 || compare(next, key) < 0)) {
                at = next;
                next = next(at, level);
            }
        }
        return at;
    }

    /** The first node. */
    int first() {
        return head[0];
    }

    /** The node behind a node. */
    int next(int node) {
        return next(node, 0);
    }

    private int next(int node, int level) {
        return node == NONE ? head[level] : slabs.slab(node).getInt(slabs.offset(node) + NEXT + 4 * level);
    }

    private void setNext(int node, int level, int next) {
        if (node == NONE) {
            head[level] = next;
        } else {
            slabs.slab(node).setInt(slabs.offset(node) + NEXT + 4 * level, next);
        }
    }

    private int compare(int node, byte[] key) {
        return Bytes.compare(slabs.slab(node), keyOffset(node), keyLength(node), key);
    }

    private int findOrAdd(byte[] key) {
        int at = NONE;
        for (int level = height - 1; level >= 0; level--) {
            int next = next(at, level);
            while (next != NONE && compare(next, key) < 0) {
                at = next;
                next = next(at, level);
            }
            before[level] = at;
        }
        int found = next(at, 0);
        return found != NONE && compare(found, key) == 0 ? found : add(key);
    }

    private int add(byte[] key) {
        int levels = randomHeight();
        if (levels > head.length) {
            head = Arrays.copyOf(head, MAX_HEIGHT);
            before = Arrays.copyOf(before, MAX_HEIGHT);
        }
        while (height < levels) {
            before[height++] = NONE;
        }
        int node = slabs.allocate(NEXT + 4 * levels + key.length);
        ByteBuf slab = slabs.slab(node);
        int offset = slabs.offset(node);
        slab.setInt(offset, NO_VALUE);
        slab.setByte(offset + FLAGS, 0);
        slab.setByte(offset + HEIGHT, levels);
        slab.setShort(offset + KEY_LENGTH, key.length);
        slab.setBytes(offset + NEXT + 4 * levels, key);
        for (int level = 0; level < levels; level++) {
            setNext(node, level, next(before[level], level));
            setNext(before[level], level, node);
        }
        return node;
    }

    /** Each level has a quarter of the one below. */
    private int randomHeight() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        int levels = 1 + Long.numberOfTrailingZeros(random | (1L << 62)) / 2;
        return Math.min(levels, MAX_HEIGHT);
    }

    // What a node holds

    /** Where a node's value is; {@link #NO_VALUE} and {@link #TOMBSTONE} are nowhere. */
    int address(int node) {
        return slabs.slab(node).getInt(slabs.offset(node));
    }

    /** Whether a node holds a value or a tombstone. */
    boolean isEntry(int node) {
        return address(node) != NO_VALUE;
    }

    boolean isTombstone(int node) {
        return address(node) == TOMBSTONE;
    }

    int flags(int node) {
        return slabs.slab(node).getByte(slabs.offset(node) + FLAGS);
    }

    int keyLength(int node) {
        return slabs.slab(node).getUnsignedShort(slabs.offset(node) + KEY_LENGTH);
    }

    private int keyOffset(int node) {
        int offset = slabs.offset(node);
        return offset + NEXT + 4 * slabs.slab(node).getByte(offset + HEIGHT);
    }

    byte[] key(int node) {
        return Bytes.copy(slabs.slab(node), keyOffset(node), keyLength(node));
    }

    /** A node's key, in an array that is used again when it has the right length. */
    byte[] key(int node, byte @Nullable [] reused) {
        if (reused == null || reused.length != keyLength(node)) {
            return key(node);
        }
        slabs.slab(node).getBytes(keyOffset(node), reused);
        return reused;
    }

    /** Length of a node's value; 0 for a tombstone or none. */
    int valueLength(int node) {
        int address = address(node);
        return address <= NO_VALUE ? 0 : slabs.slab(address).getInt(slabs.offset(address));
    }

    byte[] value(int node) {
        return valueAt(address(node));
    }

    /** The value at an address. */
    byte[] valueAt(int address) {
        ByteBuf slab = slabs.slab(address);
        int offset = slabs.offset(address);
        return Bytes.copy(slab, offset + VALUE_HEAD, slab.getInt(offset));
    }

    /** The buffer with a node's value, <i>borrowed</i>; only for a node that has one. */
    ByteBuf valueSlab(int node) {
        return slabs.slab(address(node));
    }

    /** Where a node's value begins in its buffer. */
    int valueOffset(int node) {
        return slabs.offset(address(node)) + VALUE_HEAD;
    }

    /** Keys with a value or a tombstone. */
    int size() {
        return entries;
    }

    /** Bytes of keys and values. */
    long dataBytes() {
        return dataBytes;
    }

    /** Bytes of direct memory. */
    long footprint() {
        return slabs.reserved();
    }

    /** Whether another transaction may use it once it is closed: it has stayed small, and nothing was to be undone. */
    boolean isReusable() {
        return slabs.isSmall() && undo.isUnused();
    }

    /** Gives all memory back. */
    @Override
    public void close() {
        slabs.close();
        Arrays.fill(head, NONE);
        height = 1;
        entries = 0;
        dataBytes = 0;
        undo.clear();
    }
}
