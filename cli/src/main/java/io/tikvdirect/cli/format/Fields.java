package io.tikvdirect.cli.format;

import java.util.ArrayList;
import java.util.List;

/** Confined to one thread. The columns of one record, reused from record to record. */
final class Fields {
    private final List<Slice> columns = new ArrayList<>();
    private int count;

    void clear() {
        count = 0;
    }

    /** Adds a column that is an array of its own. */
    void add(byte[] column) {
        next().set(column);
    }

    /** Adds a column that is a part of the record's bytes. */
    void add(byte[] record, int start, int end) {
        next().set(record, start, end - start);
    }

    private Slice next() {
        if (count == columns.size()) {
            columns.add(new Slice());
        }
        return columns.get(count++);
    }

    int count() {
        return count;
    }

    Slice column(int index) {
        return columns.get(index);
    }

    /** The column, or the reason why the record lacks it. */
    Slice require(int index) throws MalformedRecordException {
        if (index >= count) {
            throw new MalformedRecordException("has " + count + (count == 1 ? " column" : " columns") + ", column "
                    + (index + 1) + " is asked for");
        }
        return columns.get(index);
    }
}
