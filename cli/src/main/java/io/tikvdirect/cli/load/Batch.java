package io.tikvdirect.cli.load;

import io.tikvdirect.cli.format.RecordReader;
import io.tikvdirect.cli.format.Slice;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.DirectBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.collections.LongHashSet;

/**
 * Filled by the reading thread, then read by whoever sends it; filled anew after that. The pairs of consecutive records,
 * with their line numbers and the stretch of the source they are.
 */
final class Batch {
    static final int MAX_PAIRS = 512;
    /** A little less than a power of two, so that the array that holds the pairs seldom doubles for the last of them. */
    private static final int MAX_BYTES = 500 * 1024;

    /** More than this is not kept for the next records. */
    private static final int KEPT_BYTES = 1024 * 1024;

    private final DirectBatch pairs = new DirectBatch();
    private final long[] lines = new long[MAX_PAIRS];
    private Stretch stretch = new Stretch();
    private boolean ascending = true;
    private boolean repeating;
    private int attempts;
    private long firstSentNs;

    /** Adds a good record; the key is {@code prefix} and what the record says. */
    void add(RecordReader record, byte[] prefix) {
        Slice key = record.key();
        Slice value = record.value();
        lines[pairs.size()] = record.firstLine();
        if (prefix.length == 0) {
            pairs.add(key.array(), key.offset(), key.length(), value.array(), value.offset(), value.length());
        } else {
            byte[] whole = Arrays.copyOf(prefix, prefix.length + key.length());
            System.arraycopy(key.array(), key.offset(), whole, prefix.length, key.length());
            pairs.add(whole, 0, whole.length, value.array(), value.offset(), value.length());
        }
        int last = pairs.size() - 1;
        ascending = ascending && (last == 0 || compareKeys(last - 1, this, last) < 0);
        stretch.add(record.endOffset(), record.lastLine());
    }

    /** A record that is not part of the batch but lies in front of its end. */
    void addRejected(RecordReader record) {
        stretch.add(record.endOffset(), record.lastLine());
        stretch.reject();
    }

    boolean isFull() {
        return pairs.size() == MAX_PAIRS || pairs.totalBytes() >= MAX_BYTES;
    }

    boolean hasRecords() {
        return !stretch.isEmpty();
    }

    /** The pairs; the batch's own. */
    DirectBatch pairs() {
        return pairs;
    }

    /** A copy of the pairs. */
    List<KvPair> copyOfPairs() {
        List<KvPair> copy = new ArrayList<>(pairs.size());
        for (int i = 0; i < pairs.size(); i++) {
            copy.add(copyOfPair(i));
        }
        return copy;
    }

    /** A copy of one pair. */
    KvPair copyOfPair(int index) {
        int value = pairs.valueOffset(index);
        return new KvPair(
                Arrays.copyOfRange(pairs.array(), pairs.keyOffset(index), value),
                Arrays.copyOfRange(pairs.array(), value, value + pairs.valueLength(index)));
    }

    int size() {
        return pairs.size();
    }

    int bytes() {
        return pairs.totalBytes();
    }

    long line(int index) {
        return lines[index];
    }

    Stretch stretch() {
        return stretch;
    }

    /** Hash of a key; equal keys have equal hashes. */
    long hash(int index) {
        return KeyHash.of(pairs.array(), pairs.keyOffset(index), pairs.keyLength(index));
    }

    /** Whether every key is greater than the one before it, in the order of unsigned bytes. */
    boolean isAscending() {
        return ascending;
    }

    /** Whether the ranges of keys of two ascending batches have something in common. */
    boolean overlaps(Batch other) {
        return compareKeys(0, other, other.size() - 1) <= 0 && other.compareKeys(0, this, size() - 1) <= 0;
    }

    private int compareKeys(int index, Batch other, int otherIndex) {
        int from = pairs.keyOffset(index);
        int otherFrom = other.pairs.keyOffset(otherIndex);
        return Arrays.compareUnsigned(
                pairs.array(),
                from,
                from + pairs.keyLength(index),
                other.pairs.array(),
                otherFrom,
                otherFrom + other.pairs.keyLength(otherIndex));
    }

    /**
     * Finds out whether a key occurs twice.
     *
     * @param seen any set, its content is of no use before and after
     */
    void lookForRepeatedKeys(LongHashSet seen) {
        if (ascending) {
            return;
        }
        seen.clear();
        for (int i = 0; i < pairs.size(); i++) {
            repeating |= !seen.add(hash(i));
        }
    }

    /** Whether a key may occur twice; then the order of the pairs matters. */
    boolean mayRepeatKeys() {
        return repeating;
    }

    /** Counts an attempt to send; gives how many there were before. */
    int nextAttempt(long nowNs) {
        firstSentNs = attempts == 0 ? nowNs : firstSentNs;
        return attempts++;
    }

    int attempts() {
        return attempts;
    }

    long firstSentNs() {
        return firstSentNs;
    }

    /** Whether its memory is worth being kept for the next records. */
    boolean isReusable() {
        return pairs.array().length <= KEPT_BYTES;
    }

    /** Forgets everything and keeps the memory. */
    void clear() {
        pairs.clear();
        stretch = new Stretch();
        ascending = true;
        repeating = false;
        attempts = 0;
    }
}
