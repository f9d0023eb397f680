package io.tikvdirect.cli.bench;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.DirectCallback;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.ResultView;
import io.tikvdirect.codec.buffer.KeyBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Large gets that travel beside the workload on the same client, each followed by the next when it has ended
 * and, with a rate, its time has come; none of the run's figures counts them but the CPU time and the allocation of the
 * process.
 */
final class BulkTraffic implements AutoCloseable {
    static final int VALUE_BYTES = 1 << 20;
    private static final byte[] KEY = "L000000000000000".getBytes(StandardCharsets.US_ASCII);

    private final Run run;
    private final RawClient raw;
    private final boolean direct;
    private final int inFlight;
    private final double intervalNs;
    private final KeyBuffer keyBuffer = new KeyBuffer(KEY.length, KEY.length);
    private final AtomicLong bytes = new AtomicLong();
    private final ScheduledExecutorService clock = new ScheduledThreadPoolExecutor(
            1,
            work -> BenchThreads.unstarted(false, work, "bench-bulk"),
            new ThreadPoolExecutor.DiscardPolicy()); // a get that ends with the run is followed by none

    BulkTraffic(Run run, RawClient raw, BenchOptions options) {
        this.run = run;
        this.raw = raw;
        this.direct = options.face() == Face.DIRECT;
        this.inFlight = options.bulk();
        double perSecond = options.bulkRate() * (1 << 20) / VALUE_BYTES;
        this.intervalNs = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
        keyBuffer.append(KEY);
    }

    /** Writes the value that is read. */
    static void load(RawClient raw) {
        byte[] value = new byte[VALUE_BYTES];
        Arrays.fill(value, (byte) 'V');
        raw.put(KEY, value);
    }

    void start() {
        for (int i = 0; i < inFlight; i++) {
            Chain chain = direct ? new DirectChain(i) : new AsyncChain(i);
            chain.next();
        }
    }

    /** Bytes of values since the last time; from any thread. */
    long takeBytes() {
        return bytes.getAndSet(0);
    }

    /** Begins no more of them by the clock. */
    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** Owned by one get at a time. One get after the other; one that fails ends the chain and is an error of the run. */
    private abstract class Chain implements Runnable {
        private final int number;
        private final long firstNs = System.nanoTime();
        private long started;

        Chain(int number) {
            this.number = number;
        }

        /** Reads once more. */
        @Override
        public abstract void run();

        /** Reads once more when it is time for it. */
        @SuppressWarnings("FutureReturnValueIgnored") // what it does, it reports itself
        final void next() {
            if (run.isOver()) {
                return;
            }
            long dueNs = firstNs + (long) ((started++ * inFlight + number) * intervalNs);
            long waitNs = intervalNs == 0 ? 0 : dueNs - System.nanoTime();
            if (waitNs <= 0) {
                run();
            } else {
                clock.schedule(this, waitNs, TimeUnit.NANOSECONDS);
            }
        }

        final void ended(int valueBytes) {
            bytes.addAndGet(valueBytes);
            next();
        }
    }

    /** Reads by the array face's stages. */
    private final class AsyncChain extends Chain {
        AsyncChain(int number) {
            super(number);
        }

        @Override
        public void run() {
            var unused = raw.async().get(KEY).whenComplete(this::ended);
        }

        private void ended(byte @Nullable [] value, @Nullable Throwable failure) {
            if (failure != null) {
                run.failed(failure);
            } else if (value == null) {
                run.failed(new MissingDataException());
            } else {
                ended(value.length);
            }
        }
    }

    /** Reads by the direct face. */
    private final class DirectChain extends Chain implements DirectCallback {
        DirectChain(int number) {
            super(number);
        }

        @Override
        public void run() {
            if (!raw.direct().get(keyBuffer, 0, KEY.length, 0, this)) {
                run.failed(new IllegalStateException("the window has no place for the large gets"));
            }
        }

        @Override
        public void onCompleted(long correlationId, ResultView view) {
            if (view.isPresent()) {
                ended(view.valueLength(0));
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
