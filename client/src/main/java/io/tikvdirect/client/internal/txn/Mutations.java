package io.tikvdirect.client.internal.txn;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tikvdirect.client.internal.call.ChunkItems;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.txn.WriteFilter;
import io.tikvdirect.codec.kv.KvCommitBodies;
import io.tikvdirect.proto.kvrpcpb.Assertion;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest.PessimisticAction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Read by several threads, written by none after it was filled. What a transaction is going to do to its keys, in their
 * order; values stay in its write buffer.
 *
 * <pre>
 * in the buffer                      optimistic          pessimistic
 * ---------------------------------  ------------------  --------------------------------------------
 * value                              Put                 Put
 * value, must not exist              Insert              Insert
 * value, the filter leaves it out    nothing, or Lock when locked
 * tombstone                          Del                 Del
 * tombstone, must not exist          CheckNotExists      Lock when locked, else CheckNotExists
 * nothing, locked                    Lock                Lock
 * nothing, share of a lock           -                   SharedLock
 *
 * pessimistic action                 -                   locked: the lock must be there;
 *                                                        not locked: check for conflicts as an optimistic one
 * </pre>
 */
final class Mutations implements ChunkItems {

    private static final int FEW = 4;
    private static final byte POISON = (byte) 0xEE;
    private static final byte[][] NO_KEYS = {};

    private WriteBuffer buffer = WriteBuffer.CLOSED;
    private boolean pessimistic;
    private @Nullable WriteFilter filter;
    /** The first of them are the keys; what lies behind are arrays to use again. */
    private byte[][] keys = NO_KEYS;

    private int[] nodes = {};
    private byte[] ops = {};
    private int size;
    private long bytes;
    private long keyBytes;

    static Mutations of(WriteBuffer buffer, boolean pessimistic) {
        return of(buffer, pessimistic, null);
    }

    /**
     * What is in a buffer.
     *
     * @param filter decides which values are left out; null: none
     */
    static Mutations of(WriteBuffer buffer, boolean pessimistic, @Nullable WriteFilter filter) {
        Mutations mutations = new Mutations();
        mutations.fill(buffer, pessimistic, filter);
        return mutations;
    }

    /**
     * Becomes what is in a buffer, and forgets what it was. Arrays of earlier keys are written over: whoever fills twice
     * knows that nobody has them any more.
     *
     * @param newFilter decides which values are left out; null: none
     */
    void fill(WriteBuffer newBuffer, boolean isPessimistic, @Nullable WriteFilter newFilter) {
        buffer = newBuffer;
        pessimistic = isPessimistic;
        filter = newFilter;
        size = 0;
        bytes = 0;
        keyBytes = 0;
        ensure(Math.max(FEW, newBuffer.size()));
        for (int node = buffer.first(); node != WriteBuffer.NONE; node = buffer.next(node)) {
            Op op = op(node);
            if (op != null) {
                add(node, op);
            }
        }
    }

    /** Lets go of the buffer; keys and sums stay. */
    void forgetBuffer() {
        buffer = WriteBuffer.CLOSED;
        filter = null;
    }

    /** Lets go of everything but the arrays. */
    void forget() {
        forgetBuffer();
        size = 0;
    }

    /** Makes the arrays of keys say nonsense, so that whoever still reads them is found out; gives true. */
    boolean poison() {
        for (byte[] key : keys) {
            if (key != null) {
                Arrays.fill(key, POISON);
            }
        }
        return true;
    }

    private void ensure(int length) {
        if (length > nodes.length) {
            keys = Arrays.copyOf(keys, length);
            nodes = Arrays.copyOf(nodes, length);
            ops = Arrays.copyOf(ops, length);
        }
    }

    private @Nullable Op op(int node) {
        int flags = buffer.flags(node);
        boolean mustNotExist = (flags & WriteBuffer.PRESUME_NOT_EXISTS) != 0;
        boolean locked = (flags & WriteBuffer.LOCKED) != 0;
        if (!buffer.isEntry(node)) {
            if (!locked) {
                return null;
            }
            return (flags & WriteBuffer.SHARED) != 0 ? Op.SharedLock : Op.Lock;
        }
        if (buffer.isTombstone(node)) {
            if (!mustNotExist) {
                return Op.Del;
            }
            return locked && pessimistic ? Op.Lock : Op.CheckNotExists;
        }
        if (filter != null && !filter.isNeeded(buffer.key(node), buffer.value(node))) {
            return locked ? Op.Lock : null;
        }
        return mustNotExist ? Op.Insert : Op.Put;
    }

    private void add(int node, Op op) {
        if (size == nodes.length) {
            ensure(2 * size);
        }
        byte[] key = buffer.key(node, keys[size]);
        keys[size] = key;
        nodes[size] = node;
        ops[size] = (byte) op.getNumber();
        keyBytes += key.length;
        bytes += key.length + (long) valueLength(size);
        size++;
    }

    /**
     * The key that decides for the transaction: the first that is written or locked by it alone (TXN-03).
     *
     * @return its number, or -1 when there is none
     */
    int primary() {
        for (int i = 0; i < size; i++) {
            if (ops[i] != Op.CheckNotExists_VALUE && ops[i] != Op.SharedLock_VALUE) {
                return i;
            }
        }
        return -1;
    }

    /** Keys that get locks. */
    List<byte[]> lockedKeys() {
        List<byte[]> locked = new ArrayList<>(size);
        addLockedKeys(null, locked);
        return locked;
    }

    /** Adds keys that get locks, but one, to others. */
    void addLockedKeys(byte @Nullable [] but, List<byte[]> to) {
        for (int i = 0; i < size; i++) {
            if (ops[i] != Op.CheckNotExists_VALUE && !Arrays.equals(keys[i], but)) {
                to.add(keys[i]);
            }
        }
    }

    /** Whether a lock is shared with others. */
    boolean hasShared() {
        for (int i = 0; i < size; i++) {
            if (ops[i] == Op.SharedLock_VALUE) {
                return true;
            }
        }
        return false;
    }

    /** All keys, in their order. */
    List<byte[]> keys() {
        return List.of(Arrays.copyOf(keys, size));
    }

    /** Whether there are so many keys at most, with so many bytes, and have never been more. */
    boolean fitsIn(int mostKeys, int mostKeyBytes) {
        return nodes.length <= mostKeys && keyBytes <= mostKeyBytes;
    }

    long bytes() {
        return bytes;
    }

    long keyBytes() {
        return keyBytes;
    }

    int size(KvCommitBodies bodies, int item) {
        return bodies.mutationSize(ops[item], keys[item].length, valueLength(item), assertion(item));
    }

    void write(KvCommitBodies bodies, ByteBuf out, int item) {
        int node = nodes[item];
        int length = valueLength(item);
        ByteBuf slab = length == 0 ? Unpooled.EMPTY_BUFFER : buffer.valueSlab(node);
        bodies.writeMutation(
                out, ops[item], keys[item], slab, length == 0 ? 0 : buffer.valueOffset(node), length, assertion(item));
    }

    private int assertion(int item) {
        int flags = buffer.flags(nodes[item]);
        if ((flags & WriteBuffer.EXPECT_PRESENT) != 0) {
            return Assertion.Exist_VALUE;
        }
        return (flags & WriteBuffer.EXPECT_ABSENT) != 0 ? Assertion.NotExist_VALUE : Assertion.None_VALUE;
    }

    byte action(int item) {
        return (byte)
                ((buffer.flags(nodes[item]) & WriteBuffer.LOCKED) != 0
                        ? PessimisticAction.DO_PESSIMISTIC_CHECK_VALUE
                        : PessimisticAction.DO_CONSTRAINT_CHECK_VALUE);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int keyLength(int item) {
        return keys[item].length;
    }

    @Override
    public int valueLength(int item) {
        return ops[item] == Op.Lock_VALUE ? 0 : buffer.valueLength(nodes[item]);
    }

    @Override
    public @Nullable Region locate(RegionCache regions, int item) {
        return regions.locate(keys[item]);
    }

    @Override
    public boolean isIn(Region region, int item) {
        return region.contains(keys[item]);
    }

    @Override
    public byte[] key(int item) {
        return keys[item];
    }
}
