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
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Read by several threads, written by none after it was made. What a transaction is going to do to its keys, in their
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

    private final WriteBuffer buffer;
    private final boolean pessimistic;
    private final @Nullable WriteFilter filter;
    private final List<byte[]> keys;
    private int[] nodes;
    private byte[] ops;
    private long bytes;
    private long keyBytes;

    private Mutations(WriteBuffer buffer, boolean pessimistic, @Nullable WriteFilter filter) {
        this.buffer = buffer;
        this.pessimistic = pessimistic;
        this.filter = filter;
        int expected = Math.max(1, buffer.size());
        this.keys = new ArrayList<>(expected);
        this.nodes = new int[expected];
        this.ops = new byte[expected];
    }

    static Mutations of(WriteBuffer buffer, boolean pessimistic) {
        return of(buffer, pessimistic, null);
    }

    /**
     * What is in a buffer.
     *
     * @param filter decides which values are left out; null: none
     */
    static Mutations of(WriteBuffer buffer, boolean pessimistic, @Nullable WriteFilter filter) {
        Mutations mutations = new Mutations(buffer, pessimistic, filter);
        for (int node = buffer.first(); node != WriteBuffer.NONE; node = buffer.next(node)) {
            Op op = mutations.op(node);
            if (op != null) {
                mutations.add(node, op);
            }
        }
        return mutations;
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
        int size = keys.size();
        if (size == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * size);
            ops = Arrays.copyOf(ops, 2 * size);
        }
        byte[] key = buffer.key(node);
        keys.add(key);
        nodes[size] = node;
        ops[size] = (byte) op.getNumber();
        keyBytes += key.length;
        bytes += key.length + (long) valueLength(size);
    }

    /**
     * The key that decides for the transaction: the first that is written or locked by it alone (TXN-03).
     *
     * @return its number, or -1 when there is none
     */
    int primary() {
        for (int i = 0; i < keys.size(); i++) {
            if (ops[i] != Op.CheckNotExists_VALUE && ops[i] != Op.SharedLock_VALUE) {
                return i;
            }
        }
        return -1;
    }

    /** Keys that get locks, but one. */
    List<byte[]> lockedKeysBut(byte[] primary) {
        List<byte[]> others = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            if (ops[i] != Op.CheckNotExists_VALUE && Arrays.compareUnsigned(keys.get(i), primary) != 0) {
                others.add(keys.get(i));
            }
        }
        return others;
    }

    /** Whether a lock is shared with others. */
    boolean hasShared() {
        for (int i = 0; i < keys.size(); i++) {
            if (ops[i] == Op.SharedLock_VALUE) {
                return true;
            }
        }
        return false;
    }

    /** All keys, in their order. */
    List<byte[]> keys() {
        return Collections.unmodifiableList(keys);
    }

    long bytes() {
        return bytes;
    }

    long keyBytes() {
        return keyBytes;
    }

    int size(KvCommitBodies bodies, int item) {
        return bodies.mutationSize(ops[item], keys.get(item).length, valueLength(item), assertion(item));
    }

    void write(KvCommitBodies bodies, ByteBuf out, int item) {
        int node = nodes[item];
        int length = valueLength(item);
        ByteBuf slab = length == 0 ? Unpooled.EMPTY_BUFFER : buffer.valueSlab(node);
        bodies.writeMutation(
                out,
                ops[item],
                keys.get(item),
                slab,
                length == 0 ? 0 : buffer.valueOffset(node),
                length,
                assertion(item));
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
        return keys.size();
    }

    @Override
    public int keyLength(int item) {
        return keys.get(item).length;
    }

    @Override
    public int valueLength(int item) {
        return ops[item] == Op.Lock_VALUE ? 0 : buffer.valueLength(nodes[item]);
    }

    @Override
    public @Nullable Region locate(RegionCache regions, int item) {
        return regions.locate(keys.get(item));
    }

    @Override
    public boolean isIn(Region region, int item) {
        return region.contains(keys.get(item));
    }

    @Override
    public byte[] key(int item) {
        return keys.get(item);
    }
}
