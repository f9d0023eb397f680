package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.ClientMetrics.StoreMetrics;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * Written by its link's event loop alone, read by any thread. What a link has done; reading may lag by a few operations.
 */
final class LinkCounters {

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int LARGEST_BATCH = 16_384;

    static final int SENT = 0;
    static final int ANSWERED = 1;
    static final int UNKNOWN_ANSWERS = 2;
    static final int BATCHES = 3;
    static final int FLUSHES = 4;
    static final int DRAINS = 5;
    static final int STREAM_FAILURES = 6;
    static final int CONNECT_FAILURES = 7;
    static final int IN_FLIGHT = 8;
    static final int RECYCLED = 9;
    private static final int CELLS = 10;

    private final long[] cells = new long[CELLS];
    private final SingleWriterRecorder batchSizes = new SingleWriterRecorder(1, LARGEST_BATCH, 2);
    private final Histogram allBatchSizes = new Histogram(1, LARGEST_BATCH, 2);

    void increment(int cell) {
        CELL.setOpaque(cells, cell, cells[cell] + 1);
    }

    void set(int cell, long value) {
        CELL.setOpaque(cells, cell, value);
    }

    void batch(int entries) {
        increment(BATCHES);
        batchSizes.recordValue(Math.min(entries, LARGEST_BATCH));
    }

    private long get(int cell) {
        return (long) CELL.getOpaque(cells, cell);
    }

    /** Thread-safe. */
    synchronized StoreMetrics snapshot(long storeId, int connection) {
        allBatchSizes.add(batchSizes.getIntervalHistogram());
        return new StoreMetrics(
                storeId,
                connection,
                get(SENT),
                get(ANSWERED),
                get(UNKNOWN_ANSWERS),
                get(BATCHES),
                get(FLUSHES),
                get(DRAINS),
                get(STREAM_FAILURES),
                get(CONNECT_FAILURES),
                get(RECYCLED),
                (int) get(IN_FLIGHT),
                allBatchSizes.getValueAtPercentile(50),
                allBatchSizes.getValueAtPercentile(99),
                allBatchSizes.getMaxValue());
    }
}
