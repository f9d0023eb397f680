package io.tikvdirect.cli.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. Which column of a record is the key and which is the value, as {@code --key}, {@code --value} and
 * {@code --all} say.
 *
 * @param key a column's number from 1, or its name
 * @param value likewise; null if the whole record is the value
 */
public record ColumnChoice(String key, @Nullable String value) {
    /** Whether a name is used, so that TSV and CSV need a header line. */
    public boolean needsHeader() {
        return !isNumber(key) || (value != null && !isNumber(value));
    }

    /**
     * The column's index from 0.
     *
     * @param column number or name
     * @param header the names of the header line; empty without one
     * @throws MalformedRecordException if no column has that name, or the number is 0
     */
    static int index(String column, List<String> header) throws MalformedRecordException {
        if (isNumber(column)) {
            int number = Integer.parseInt(column);
            if (number == 0) {
                throw new MalformedRecordException("columns are counted from 1, there is no column 0");
            }
            return number - 1;
        }
        int index = header.indexOf(column);
        if (index < 0) {
            throw new MalformedRecordException(
                    "the header has no column \"" + column + "\"; it has: " + String.join(", ", header));
        }
        return index;
    }

    private static boolean isNumber(String column) {
        return !column.isEmpty() && column.length() <= 6 && column.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
