package io.tikvdirect.cli.load;

import io.tikvdirect.cli.format.ColumnChoice;
import io.tikvdirect.cli.format.RecordFormat;
import io.tikvdirect.cli.text.EscapedBytes;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. What a load was asked to do.
 *
 * @param source the file, or null for standard input
 * @param format the file's format
 * @param columns which column is what
 * @param header whether TSV and CSV begin with a line of names
 * @param prefix put in front of every key
 * @param maxRejected rejected records before the load is given up
 * @param retryFor how long one batch is tried
 * @param transactional whether each batch is a transaction; else pairs are written raw
 */
@SuppressWarnings("ArrayRecordComponent")
record LoadOptions(
        @Nullable Path source,
        RecordFormat format,
        ColumnChoice columns,
        boolean header,
        byte[] prefix,
        long maxRejected,
        Duration retryFor,
        boolean transactional) {

    /** The options that decide which pairs are made of the source, as text; equal text makes equal pairs. */
    String identity() {
        return format + " key=" + columns.key() + " value=" + columns.value() + " header=" + header + " prefix="
                + EscapedBytes.escape(prefix) + (transactional ? " txn" : "");
    }
}
