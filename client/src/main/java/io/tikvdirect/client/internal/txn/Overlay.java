package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.codec.buffer.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Not thread-safe. A transaction's own writes within a part of a scan, in the order of the scan, as they were when it was
 * made; a pair without value is a tombstone. Merged with pages of the snapshot beneath (MEM-04).
 */
final class Overlay {

    private final List<KvPair> writes = new ArrayList<>();
    private final boolean reverse;
    private int position;

    /**
     * Takes what a page can need.
     *
     * @param buffer of the transaction
     * @param addresses where the values of nodes are, now or earlier
     * @param cursor where the scan stands
     * @param wanted pairs in the page at most; as many values suffice
     */
    Overlay(WriteBuffer buffer, IntUnaryOperator addresses, ScanCursor cursor, int wanted) {
        this.reverse = cursor.routesByEnd();
        byte[] lower = cursor.pageStart(Bytes.EMPTY);
        byte[] upper = cursor.pageEnd(Bytes.EMPTY);
        int live = 0;
        int node = reverse ? buffer.below(upper) : buffer.ceiling(lower);
        while (node != WriteBuffer.NONE && live < wanted) {
            byte[] key = buffer.key(node);
            if (isBeyond(key, lower, upper)) {
                return;
            }
            int address = addresses.applyAsInt(node);
            if (address != WriteBuffer.NO_VALUE) {
                boolean tombstone = address == WriteBuffer.TOMBSTONE;
                writes.add(new KvPair(key, tombstone ? null : buffer.valueAt(address)));
                live += tombstone ? 0 : 1;
            }
            node = reverse ? buffer.below(key) : buffer.next(node);
            if (reverse && key.length == 0) {
                return;
            }
        }
    }

    private boolean isBeyond(byte[] key, byte[] lower, byte[] upper) {
        return reverse
                ? Arrays.compareUnsigned(key, lower) < 0
                : upper.length != 0 && Arrays.compareUnsigned(key, upper) >= 0;
    }

    /**
     * Merges a page of the snapshot.
     *
     * @param pairs of the snapshot, in the order of the scan
     * @param isLast whether the snapshot has no more
     * @param into gets the merged pairs
     * @param wanted how many it may have
     * @param keyOnly whether values are left out
     */
    void merge(List<KvPair> pairs, boolean isLast, List<KvPair> into, int wanted, boolean keyOnly) {
        for (KvPair pair : pairs) {
            drainBefore(pair.key(), into, wanted, keyOnly);
            if (into.size() == wanted) {
                return;
            }
            if (position < writes.size() && Arrays.equals(writes.get(position).key(), pair.key())) {
                emit(writes.get(position++), into, keyOnly);
            } else {
                into.add(pair);
            }
            if (into.size() == wanted) {
                return;
            }
        }
        while (isLast && position < writes.size() && into.size() < wanted) {
            emit(writes.get(position++), into, keyOnly);
        }
    }

    private void drainBefore(byte[] key, List<KvPair> into, int wanted, boolean keyOnly) {
        while (position < writes.size() && into.size() < wanted) {
            int order = Arrays.compareUnsigned(writes.get(position).key(), key);
            if (reverse ? order <= 0 : order >= 0) {
                return;
            }
            emit(writes.get(position++), into, keyOnly);
        }
    }

    private static void emit(KvPair write, List<KvPair> into, boolean keyOnly) {
        if (write.value() != null) {
            into.add(keyOnly ? new KvPair(write.key(), null) : write);
        }
    }
}
