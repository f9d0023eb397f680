package io.tikvdirect.cli.bench;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.DirectBatch;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.DirectRawClient;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.codec.buffer.KeyBuffer;

/** As {@link Slot}. An operation of the direct face; allocates nothing once it is made. */
final class DirectSlot extends Slot implements DirectCallback {
    private static final KeyBuffer UNBOUNDED = new KeyBuffer(1, 1);

    private final DirectRawClient raw;
    private final Dataset data;
    private final Workload workload;
    private final int batchSize;
    private final DirectBatch batch = new DirectBatch();
    private final ScanOptions scan;
    private boolean expectsValue;

    DirectSlot(
            Run run,
            Slots slots,
            KeyChoice.Sequence sequence,
            DirectRawClient raw,
            Dataset data,
            BenchOptions options) {
        super(run, slots, sequence);
        this.raw = raw;
        this.data = data;
        this.workload = options.workload();
        this.batchSize = options.batch();
        this.scan = ScanOptions.limit(options.limit());
    }

    @Override
    boolean issue() {
        return switch (workload) {
            case RAW_GET -> get();
            case RAW_PUT -> put();
            case RAW_MIXED -> sequence.nextIsWrite() ? put() : get();
            case RAW_BATCH_GET -> batchGet();
            case RAW_BATCH_PUT -> batchPut();
            case RAW_SCAN -> scan();
            default -> throw new IllegalStateException("not raw: " + workload);
        };
    }

    private boolean get() {
        expectsValue = true;
        return raw.get(data.keyBuffer(), sequence.next() * Dataset.KEY_BYTES, Dataset.KEY_BYTES, 0, this);
    }

    private boolean put() {
        expectsValue = false;
        return raw.put(
                data.keyBuffer(),
                sequence.next() * Dataset.KEY_BYTES,
                Dataset.KEY_BYTES,
                data.valueBuffer(),
                0,
                data.value().length,
                0,
                this);
    }

    private boolean batchGet() {
        batch.clear();
        for (int i = 0; i < batchSize; i++) {
            batch.add(data.keyBuffer(), sequence.next() * Dataset.KEY_BYTES, Dataset.KEY_BYTES);
        }
        return raw.batchGet(batch, 0, this);
    }

    private boolean batchPut() {
        batch.clear();
        for (int i = 0; i < batchSize; i++) {
            int key = sequence.next() * Dataset.KEY_BYTES;
            batch.add(data.keyBuffer(), key, Dataset.KEY_BYTES, data.valueBuffer(), 0, data.value().length);
        }
        return raw.batchPut(batch, 0, 0, this);
    }

    private boolean scan() {
        int start = sequence.nextWithRoom(scan.limit()) * Dataset.KEY_BYTES;
        return raw.scan(data.keyBuffer(), start, Dataset.KEY_BYTES, UNBOUNDED, 0, 0, scan, 0, this);
    }

    @Override
    public void onCompleted(long correlationId, ResultView view) {
        if (found(view)) {
            succeeded();
        } else {
            failed(new MissingDataException());
        }
    }

    @Override
    public void onFailed(long correlationId, TikvException failure) {
        failed(failure);
    }

    private boolean found(ResultView view) {
        return switch (workload) {
            case RAW_GET, RAW_MIXED -> !expectsValue || view.isPresent();
            case RAW_BATCH_GET -> view.isPresent(0) && view.isPresent(view.size() - 1);
            case RAW_SCAN -> view.size() == Math.min(scan.limit(), data.size());
            default -> true;
        };
    }
}
