package io.tikvdirect.cli.format;

import java.util.ArrayList;
import java.util.List;

/** Confined to one thread. The columns of one record, reused from record to record. */
final class Fields {
    private final List<byte[]> columns = new ArrayList<>();

    void clear() {
        columns.clear();
    }

    void add(byte[] column) {
        columns.add(column);
    }

    int count() {
        return columns.size();
    }

    byte[] bytes(int index) {
        return columns.get(index);
    }

    /** The column, or the reason why the record lacks it. */
    byte[] require(int index) throws MalformedRecordException {
        if (index >= columns.size()) {
            throw new MalformedRecordException("has " + columns.size() + (columns.size() == 1 ? " column" : " columns")
                    + ", column " + (index + 1) + " is asked for");
        }
        return columns.get(index);
    }
}
