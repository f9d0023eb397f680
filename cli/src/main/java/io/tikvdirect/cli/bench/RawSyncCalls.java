package io.tikvdirect.cli.bench;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.ScanOptions;
import org.jspecify.annotations.Nullable;

/** Confined to one thread. The raw workloads on the blocking face. */
final class RawSyncCalls implements SyncCalls {
    private static final Object WRITTEN = new Object();

    private final RawClient raw;
    private final Dataset data;
    private final BenchOptions options;
    private final KeyChoice.Sequence sequence;

    RawSyncCalls(RawClient raw, Dataset data, BenchOptions options, KeyChoice.Sequence sequence) {
        this.raw = raw;
        this.data = data;
        this.options = options;
        this.sequence = sequence;
    }

    @Override
    public boolean call() {
        Object result = result();
        return result == WRITTEN || AsyncSlot.Batches.found(result, options, data.size());
    }

    private @Nullable Object result() {
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
            default -> throw new IllegalStateException("not raw: " + options.workload());
        };
    }

    private Object put() {
        raw.put(data.key(sequence.next()), data.value());
        return WRITTEN;
    }
}
