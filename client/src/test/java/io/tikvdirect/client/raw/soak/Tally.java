package io.tikvdirect.client.raw.soak;

import io.tikvdirect.client.TikvException;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Thread-safe. What became of the operations of a soak. */
final class Tally {

    private final long limit;
    private final AtomicLong begun = new AtomicLong();
    private final LongAdder ended = new LongAdder();
    private final AtomicLong slowestNs = new AtomicLong();
    private final AtomicReference<Overrun> worst = new AtomicReference<>(new Overrun(0, 0));
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
    private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();

    Tally(long limit) {
        this.limit = limit;
    }

    /** Counts an operation about to begin; false when there were enough or something is wrong. */
    boolean begin() {
        if (!wrong.isEmpty() || begun.incrementAndGet() > limit) {
            return false;
        }
        return true;
    }

    void end(long startNs, long timeoutNs, Throwable failure) {
        long nowNs = System.nanoTime();
        ended.increment();
        slowestNs.accumulateAndGet(nowNs - startNs, Math::max);
        worst.accumulateAndGet(new Overrun(startNs + timeoutNs, nowNs), Overrun::longer);
        if (failure instanceof TikvException known) {
            failures.computeIfAbsent(known.getClass().getSimpleName() + '/' + known.code(), unused -> new LongAdder())
                    .increment();
        }
    }

    void wrong(Throwable broken) {
        wrong.add(broken);
    }

    Queue<Throwable> wrong() {
        return wrong;
    }

    long begun() {
        return Math.min(limit, begun.get());
    }

    long ended() {
        return ended.sum();
    }

    long failed() {
        return failures.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** The operation that outlived its deadline by most, as its caller saw it. */
    Overrun worst() {
        return worst.get();
    }

    /** Immutable. From a deadline to the end of its operation. */
    record Overrun(long deadlineNs, long endNs) {

        /** 0 or less when the operation ended in time. */
        long lengthNs() {
            return endNs - deadlineNs;
        }

        Overrun longer(Overrun other) {
            return other.lengthNs() > lengthNs() ? other : this;
        }
    }

    @Override
    public String toString() {
        return ended() + " operations ended, failed " + new TreeMap<>(failures) + ", slowest "
                + TimeUnit.NANOSECONDS.toMillis(slowestNs.get()) + " ms, worst overrun beyond a deadline "
                + millis(worst().lengthNs());
    }

    static String millis(long ns) {
        return ns <= 0 ? "none" : String.format("%.1f ms", ns / 1e6);
    }
}
