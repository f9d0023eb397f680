package io.tikvdirect.cli.format;

import java.io.IOException;
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
record SourceRecord(long firstLine, long lastLine, long endOffset, @Nullable Pair pair, @Nullable String rejection) {

    /** Immutable by convention. A key and its value; the arrays are not copied. */
    @SuppressWarnings("ArrayRecordComponent")
    record Pair(byte[] key, byte[] value) {}

    /** A copy of the next record, or null at the end of the input. */
    static @Nullable SourceRecord next(RecordReader reader) throws IOException {
        if (!reader.next()) {
            return null;
        }
        String rejection = reader.rejection();
        Pair pair =
                rejection == null ? new Pair(reader.key().copy(), reader.value().copy()) : null;
        return new SourceRecord(reader.firstLine(), reader.lastLine(), reader.endOffset(), pair, rejection);
    }
}
