package io.tikvdirect.cli.format;

import org.jspecify.annotations.Nullable;

/**
 * Immutable. One record of the input: a pair to load, or the reason why there is none.
 *
 * @param firstLine number of the record's first line, from 1
 * @param lastLine number of its last line; only CSV has records of several lines
 * @param endOffset offset in the source behind the record
 * @param pair what to load; null for a rejected record
 * @param rejection why the record is rejected; null for a good one
 */
public record SourceRecord(
        long firstLine, long lastLine, long endOffset, @Nullable Pair pair, @Nullable String rejection) {

    /** Immutable by convention. A key and its value; the arrays are not copied. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Pair(byte[] key, byte[] value) {}
}
