package io.tikvdirect.cli.bench;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.AsyncRawClient;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** As {@link Slot}. An operation of the asynchronous face. */
final class AsyncSlot extends Slot {
    private final AsyncRawClient raw;
    private final Dataset data;
    private final BenchOptions options;
    private final BiConsumer<@Nullable Object, @Nullable Throwable> onRead = this::readEnded;
    private final BiConsumer<@Nullable Object, @Nullable Throwable> onWrite = this::writeEnded;

    AsyncSlot(
            Run run, Slots slots, KeyChoice.Sequence sequence, AsyncRawClient raw, Dataset data, BenchOptions options) {
        super(run, slots, sequence);
        this.raw = raw;
        this.data = data;
        this.options = options;
    }

    @Override
    boolean issue() {
        switch (options.workload()) {
            case RAW_GET -> get();
            case RAW_PUT -> put();
            case RAW_MIXED -> {
                if (sequence.nextIsWrite()) {
                    put();
                } else {
                    get();
                }
            }
            case RAW_BATCH_GET -> end(raw.batchGet(Batches.keys(data, sequence, options.batch())), onRead);
            case RAW_BATCH_PUT -> end(raw.batchPut(Batches.pairs(data, sequence, options.batch())), onWrite);
            case RAW_SCAN -> {
                byte[] start = data.key(sequence.nextWithRoom(options.limit()));
                end(raw.scan(KeyRange.from(start), ScanOptions.limit(options.limit())), onRead);
            }
            default -> throw new IllegalStateException("not raw: " + options.workload());
        }
        return true;
    }

    private void get() {
        end(raw.get(data.key(sequence.next())), onRead);
    }

    private void put() {
        end(raw.put(data.key(sequence.next()), data.value()), onWrite);
    }

    private static void end(CompletionStage<?> stage, BiConsumer<@Nullable Object, @Nullable Throwable> listener) {
        stage.whenComplete(listener);
    }

    private void readEnded(@Nullable Object result, @Nullable Throwable thrown) {
        if (thrown != null) {
            failed(thrown);
        } else if (Batches.found(result, options, data.size())) {
            succeeded();
        } else {
            failed(new MissingDataException());
        }
    }

    private void writeEnded(@Nullable Object nothing, @Nullable Throwable thrown) {
        if (thrown != null) {
            failed(thrown);
        } else {
            succeeded();
        }
    }

    /** Thread-safe (only static functions). The arguments and results that the array faces share. */
    static final class Batches {
        private Batches() {}

        static List<byte[]> keys(Dataset data, KeyChoice.Sequence sequence, int count) {
            List<byte[]> keys = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                keys.add(data.key(sequence.next()));
            }
            return keys;
        }

        static List<KvPair> pairs(Dataset data, KeyChoice.Sequence sequence, int count) {
            List<KvPair> pairs = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                pairs.add(new KvPair(data.key(sequence.next()), data.value()));
            }
            return pairs;
        }

        /** Whether a read gave what was loaded. */
        static boolean found(@Nullable Object result, BenchOptions options, int keys) {
            if (options.workload() == Workload.RAW_SCAN) {
                return result instanceof List<?> pairs && pairs.size() == Math.min(options.limit(), keys);
            }
            return result instanceof List<?> values ? values.get(0) != null : result != null;
        }
    }
}
