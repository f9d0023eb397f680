package io.tikvdirect.cli.load;

import io.tikvdirect.cli.format.SourceRecord;
import io.tikvdirect.client.KvPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Filled by the reading thread, then read by whoever sends it. The pairs of consecutive records, with their line numbers
 * and the point of the source behind them.
 */
final class Batch {
    private static final int MAX_PAIRS = 512;
    private static final int MAX_BYTES = 512 * 1024;

    private final List<KvPair> pairs = new ArrayList<>(MAX_PAIRS);
    private final long[] lines = new long[MAX_PAIRS];
    private final long[] hashes = new long[MAX_PAIRS];
    private int bytes;
    private int rejected;
    private int refused;
    private long endOffset;
    private long endLine;
    private int attempts;
    private long firstSentNs;
    private boolean done;

    void add(SourceRecord record, byte[] key, byte[] value) {
        lines[pairs.size()] = record.firstLine();
        hashes[pairs.size()] = hash(key);
        pairs.add(new KvPair(key, value));
        bytes += key.length + value.length;
        reached(record);
    }

    /** A record that is not part of the batch but lies in front of its end. */
    void addRejected(SourceRecord record) {
        rejected++;
        reached(record);
    }

    private void reached(SourceRecord record) {
        endOffset = record.endOffset();
        endLine = record.lastLine();
    }

    boolean isFull() {
        return pairs.size() == MAX_PAIRS || bytes >= MAX_BYTES;
    }

    boolean hasRecords() {
        return !pairs.isEmpty() || rejected > 0;
    }

    List<KvPair> pairs() {
        return pairs;
    }

    int bytes() {
        return bytes;
    }

    long line(int index) {
        return lines[index];
    }

    /** Hashes of the keys; equal keys have equal hashes. */
    long hash(int index) {
        return hashes[index];
    }

    /** One of the pairs was rejected by the cluster. */
    void rejectPair() {
        rejected++;
        refused++;
    }

    /** Pairs that the cluster holds once the batch is done. */
    int written() {
        return pairs.size() - refused;
    }

    int rejected() {
        return rejected;
    }

    long endOffset() {
        return endOffset;
    }

    long endLine() {
        return endLine;
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

    boolean isDone() {
        return done;
    }

    void markDone() {
        done = true;
    }

    /** Spreads {@link Arrays#hashCode(byte[])} and the length over 64 bits. */
    private static long hash(byte[] key) {
        long hash = 1_125_899_906_842_597L;
        for (byte b : key) {
            hash = 31 * hash + b;
        }
        return hash ^ (hash >>> 29);
    }
}
