package io.tikvdirect.client.raw.soak;

import io.tikvdirect.client.TikvException;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Thread-safe. What became of the operations of a soak. */
final class Tally {

    private final long limit;
    private final AtomicLong begun = new AtomicLong();
    private final LongAdder ended = new LongAdder();
    private final AtomicLong slowestNs = new AtomicLong();
    private final AtomicLong worstOverrunNs = new AtomicLong(Long.MIN_VALUE);
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
        long tookNs = System.nanoTime() - startNs;
        ended.increment();
        slowestNs.accumulateAndGet(tookNs, Math::max);
        worstOverrunNs.accumulateAndGet(tookNs - timeoutNs, Math::max);
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

    /** How far an operation outlived its deadline as its caller saw it; negative when none did. */
    long worstOverrunNs() {
        return worstOverrunNs.get();
    }

    @Override
    public String toString() {
        return ended() + " operations ended, failed " + new TreeMap<>(failures) + ", slowest "
                + TimeUnit.NANOSECONDS.toMillis(slowestNs.get()) + " ms, worst overrun beyond a deadline "
                + millis(worstOverrunNs());
    }

    static String millis(long ns) {
        return ns <= 0 ? "none" : String.format("%.1f ms", ns / 1e6);
    }
}
