package io.tikvdirect.cli.bench;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One thread of the blocking face: one operation after the other, as they end or by the clock. */
final class SyncDriver implements Runnable {
    private static final Object WRITTEN = new Object();

    private final Run run;
    private final RawClient raw;
    private final Dataset data;
    private final BenchOptions options;
    private final KeyChoice.Sequence sequence;
    private final double intervalNs;
    private final double offsetNs;

    /**
     * A driver.
     *
     * @param intervalNs time between two starts; 0 for a closed loop
     * @param offsetNs when the first start is due, so that the threads do not start together
     */
    SyncDriver(
            Run run,
            RawClient raw,
            Dataset data,
            BenchOptions options,
            KeyChoice.Sequence sequence,
            double intervalNs,
            double offsetNs) {
        this.run = run;
        this.raw = raw;
        this.data = data;
        this.options = options;
        this.sequence = sequence;
        this.intervalNs = intervalNs;
        this.offsetNs = offsetNs;
    }

    @Override
    public void run() {
        try {
            long firstNs = System.nanoTime();
            for (long started = 0; !run.isOver(); started++) {
                long intendedNs = intervalNs == 0
                        ? System.nanoTime()
                        : awaitTime(firstNs + (long) (offsetNs + started * intervalNs));
                operate(intendedNs);
            }
        } finally {
            run.ended();
        }
    }

    private long awaitTime(long atNs) {
        long aheadNs = atNs - System.nanoTime();
        while (aheadNs > 0 && !run.isOver()) {
            LockSupport.parkNanos(Math.min(aheadNs, 50_000_000L));
            aheadNs = atNs - System.nanoTime();
        }
        return atNs;
    }

    private void operate(long intendedNs) {
        try {
            Object result = call();
            if (result == WRITTEN || AsyncSlot.Batches.found(result, options, data.size())) {
                run.completed(intendedNs);
            } else {
                run.failed(new MissingDataException());
            }
        } catch (TikvException e) {
            run.failed(e);
        }
    }

    private @Nullable Object call() {
        return switch (options.workload()) {
            case RAW_GET -> raw.get(data.key(sequence.next()));
            case RAW_PUT -> put();
            case RAW_MIXED -> sequence.nextIsWrite() ? put() : raw.get(data.key(sequence.next()));
            case RAW_BATCH_GET -> raw.batchGet(AsyncSlot.Batches.keys(data, sequence, options.batch()));
            case RAW_BATCH_PUT -> {
                raw.batchPut(AsyncSlot.Batches.pairs(data, sequence, options.batch()));
                yield WRITTEN;
            }
            case RAW_SCAN ->
                raw.scan(
                        KeyRange.from(data.key(sequence.nextWithRoom(options.limit()))),
                        ScanOptions.limit(options.limit()));
        };
    }

    private Object put() {
        raw.put(data.key(sequence.next()), data.value());
        return WRITTEN;
    }
}
