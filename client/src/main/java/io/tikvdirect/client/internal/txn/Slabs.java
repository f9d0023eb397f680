package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Not thread-safe; may be read by several threads once handed over. Direct memory that only grows, addressed by ints in
 * units of {@value #UNIT} bytes, so that a pointer takes 4 bytes and 16 GiB can be reached.
 *
 * <p>An address's upper bits are a slot, one per {@value #SLOT_UNITS} units; a slab takes as many slots as it needs, the
 * first few slabs being much smaller than their slot, so that a small transaction takes little. Address 0 is no address.
 */
final class Slabs implements AutoCloseable {

    static final int UNIT = 8;

    private static final int SLOT_BITS = 17;
    private static final int SLOT_UNITS = 1 << SLOT_BITS;
    private static final int FIRST_BYTES = 4 * 1024;
    private static final int LARGEST_BYTES = SLOT_UNITS * UNIT;
    private static final int GROWTH = 4;
    private static final int SMALL_SLOTS = 2;
    private static final int MAX_SLOTS = 1 << (31 - SLOT_BITS);

    private final @Nullable ByteBufAllocator allocator;
    private @Nullable ByteBuf[] slots = new ByteBuf[1];
    private int[] firstUnit = new int[1];
    private int usedSlots;
    private int nextUnit;
    private int endUnit;
    private int nextBytes = FIRST_BYTES;
    private long reserved;

    /**
     * No memory yet.
     *
     * @param allocator where it comes from; null: there is none to be had
     */
    Slabs(@Nullable ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /**
     * Takes memory.
     *
     * @param bytes how much
     * @return its address, above 0
     */
    int allocate(int bytes) {
        int units = (bytes + UNIT - 1) / UNIT;
        if (endUnit - nextUnit < units) {
            addSlab(units);
        }
        int address = nextUnit;
        nextUnit += units;
        return address;
    }

    private void addSlab(int units) {
        if (allocator == null) {
            throw new IllegalStateException("nothing can be written any more");
        }
        int wantedUnits = Math.max(units + 1, nextBytes / UNIT);
        int taken = (wantedUnits + SLOT_UNITS - 1) >>> SLOT_BITS;
        if (usedSlots + taken > MAX_SLOTS) {
            throw new IllegalStateException("a transaction cannot buffer more than 16 GiB");
        }
        ByteBuf slab = allocator.directBuffer(wantedUnits * UNIT, wantedUnits * UNIT);
        if (usedSlots + taken > slots.length) {
            int length = Math.max(usedSlots + taken, 2 * slots.length);
            slots = Arrays.copyOf(slots, length);
            firstUnit = Arrays.copyOf(firstUnit, length);
        }
        int base = usedSlots << SLOT_BITS;
        for (int i = 0; i < taken; i++) {
            slots[usedSlots + i] = slab;
            firstUnit[usedSlots + i] = base;
        }
        usedSlots += taken;
        // the first unit of the first slab is left out: its address means "none"
        nextUnit = base + (base == 0 ? 1 : 0);
        endUnit = base + wantedUnits;
        nextBytes = Math.min(LARGEST_BYTES, nextBytes * GROWTH);
        reserved += (long) wantedUnits * UNIT;
    }

    /**
     * The slab that holds an address.
     *
     * @return <i>borrowed</i>
     */
    ByteBuf slab(int address) {
        ByteBuf slab = slots[address >>> SLOT_BITS];
        if (slab == null) {
            throw new IllegalStateException("address " + address + " was not given out, or is given back");
        }
        return slab;
    }

    /** Where an address lies in its slab, in bytes. */
    int offset(int address) {
        return (address - firstUnit[address >>> SLOT_BITS]) * UNIT;
    }

    /** Whether it is as small as a new one, once closed. */
    boolean isSmall() {
        return slots.length <= SMALL_SLOTS;
    }

    /** Bytes of direct memory taken. */
    long reserved() {
        return reserved;
    }

    /** Gives all memory back; no address is valid any more. */
    @Override
    public void close() {
        for (int i = 0; i < usedSlots; i++) {
            ByteBuf slab = slots[i];
            boolean isFirstSlot = firstUnit[i] == i << SLOT_BITS;
            if (slab != null && isFirstSlot) {
                slab.release();
            }
            slots[i] = null;
        }
        usedSlots = 0;
        nextUnit = 0;
        endUnit = 0;
        nextBytes = FIRST_BYTES;
        reserved = 0;
    }
}
