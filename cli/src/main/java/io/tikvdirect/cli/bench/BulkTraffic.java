package io.tikvdirect.cli.bench;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.codec.buffer.KeyBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Large gets that travel beside the workload on the same client, each followed by the next when it has ended;
 * none of the run's figures counts them but the CPU time and the allocation of the process.
 */
final class BulkTraffic {
    static final int VALUE_BYTES = 1 << 20;
    private static final byte[] KEY = "L000000000000000".getBytes(StandardCharsets.US_ASCII);

    private final Run run;
    private final RawClient raw;
    private final boolean direct;
    private final KeyBuffer keyBuffer = new KeyBuffer(KEY.length, KEY.length);
    private final AtomicLong bytes = new AtomicLong();

    BulkTraffic(Run run, RawClient raw, Face face) {
        this.run = run;
        this.raw = raw;
        this.direct = face == Face.DIRECT;
        keyBuffer.append(KEY);
    }

    /** Writes the value that is read. */
    static void load(RawClient raw) {
        byte[] value = new byte[VALUE_BYTES];
        Arrays.fill(value, (byte) 'V');
        raw.put(KEY, value);
    }

    void start(int inFlight) {
        for (int i = 0; i < inFlight; i++) {
            if (direct) {
                new DirectGet().next();
            } else {
                nextAsync();
            }
        }
    }

    /** Bytes of values since the last time; from any thread. */
    long takeBytes() {
        return bytes.getAndSet(0);
    }

    private void nextAsync() {
        if (!run.isOver()) {
            var unused = raw.async().get(KEY).whenComplete(this::ended);
        }
    }

    private void ended(byte @Nullable [] value, @Nullable Throwable failure) {
        if (failure != null) {
            run.failed(failure);
        } else if (value == null) {
            run.failed(new MissingDataException());
        } else {
            bytes.addAndGet(value.length);
            nextAsync();
        }
    }

    /** One get after the other; one that fails ends the chain and is an error of the run. */
    private final class DirectGet implements DirectCallback {
        void next() {
            if (!run.isOver() && !raw.direct().get(keyBuffer, 0, KEY.length, 0, this)) {
                run.failed(new IllegalStateException("the window has no place for the large gets"));
            }
        }

        @Override
        public void onCompleted(long correlationId, ResultView view) {
            if (view.isPresent()) {
                bytes.addAndGet(view.valueLength(0));
                next();
            } else {
                run.failed(new MissingDataException());
            }
        }

        @Override
        public void onFailed(long correlationId, TikvException failure) {
            run.failed(failure);
        }
    }
}
