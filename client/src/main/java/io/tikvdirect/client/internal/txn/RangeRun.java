package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.SerialWork;
import io.tikvdirect.codec.key.KeyBounds;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.proto.pdpb.Region;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe; its plain fields belong to the round that runs. Cuts a range into parts of so many regions and has them
 * worked on, several at a time (GC-06). Parts are ranges of keys and lie end to end, so every key is in exactly one of
 * them, whatever regions do meanwhile. After a failure no part begins any more; those under way are awaited.
 */
final class RangeRun {

    /** Works on one part; the promise gets how many regions that were. */
    @FunctionalInterface
    interface Work {
        void on(KeyRange part, Promise<Long> done);
    }

    /** What was done. */
    record Report(long parts, long regions) {}

    /** Where the next part ends, or why that is not known. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    private record Cut(byte[] end, @Nullable TikvException failure) {}

    private static final Logger LOG = LoggerFactory.getLogger(RangeRun.class);

    /** How often a long run tells how far it is (client-go: rangeTaskDefault stat log interval). */
    private static final long LOG_NS = TimeUnit.MINUTES.toNanos(10);

    private final TxnEngine engine;
    private final String name;
    private final int concurrency;
    private final int regionsPerPart;
    private final long deadlineNs;
    private final Work work;
    private final Promise<Report> promise;
    private final SerialWork rounds = new SerialWork(this::round);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicReference<@Nullable Cut> cut = new AtomicReference<>();
    private final AtomicReference<@Nullable TikvException> failure = new AtomicReference<>();
    private final LongAdder doneParts = new LongAdder();
    private final LongAdder doneRegions = new LongAdder();
    private @Nullable KeyRange rest;
    private boolean cutting;
    private boolean ended;
    private long logNs = System.nanoTime() + LOG_NS;

    /**
     * A run not begun.
     *
     * @param name for the log
     * @param range of user keys
     * @param concurrency parts worked on at a time
     * @param regionsPerPart regions in a part, when it is cut
     * @param deadlineNs when looking up regions ends; work has the same, but keeps it by itself
     */
    RangeRun(
            TxnEngine engine,
            String name,
            KeyRange range,
            int concurrency,
            int regionsPerPart,
            long deadlineNs,
            Work work,
            Promise<Report> promise) {
        this.engine = engine;
        this.name = name;
        this.rest = range.isEmpty() ? null : range;
        this.concurrency = concurrency;
        this.regionsPerPart = regionsPerPart;
        this.deadlineNs = deadlineNs;
        this.work = work;
        this.promise = promise;
    }

    void start() {
        rounds.ask();
    }

    private void round() {
        if (ended) {
            return;
        }
        logNowAndThen();
        Cut found = cut.getAndSet(null);
        KeyRange left = rest;
        if (found != null && left != null) {
            cutting = false;
            onCut(found, left);
        }
        KeyRange next = rest;
        if (cutting) {
            return;
        }
        if (next == null || failure.get() != null) {
            if (running.get() == 0) {
                end();
            }
        } else if (running.get() < concurrency) {
            cutting = true;
            cut(next);
        }
    }

    private void onCut(Cut found, KeyRange left) {
        if (found.failure() != null) {
            failure.compareAndSet(null, found.failure());
        } else {
            boolean isLast = Arrays.equals(found.end(), left.end());
            rest = isLast ? null : KeyRange.of(found.end(), left.end());
            launch(KeyRange.of(left.start(), found.end()));
        }
    }

    private void cut(KeyRange from) {
        byte[] start = engine.keySpace().regionKey(from.start());
        byte[] end = engine.keySpace().regionRangeEnd(from.end());
        var unused = engine.pd()
                .scanRegions(start, end, regionsPerPart, deadlineNs)
                .whenComplete((regions, why) -> {
                    cut.set(why == null ? cutBehind(regions, from) : new Cut(from.end(), CallEngine.asOwn(why)));
                    rounds.ask();
                });
    }

    /** The last of these regions ends the part; gaps that PD may have just now are within it. */
    private Cut cutBehind(List<Region> regions, KeyRange from) {
        if (regions.size() < regionsPerPart) {
            return new Cut(from.end(), null);
        }
        var last = regions.get(regions.size() - 1).getRegion();
        try {
            KeyBounds bounds = engine.keySpace()
                    .clip(last.getStartKey().toByteArray(), last.getEndKey().toByteArray());
            byte[] end = bounds == null ? from.end() : bounds.end();
            boolean isBehind = end.length == 0
                    || (from.end().length > 0 && Arrays.compareUnsigned(end, from.end()) >= 0)
                    || Arrays.compareUnsigned(end, from.start()) <= 0;
            return new Cut(isBehind ? from.end() : end, null);
        } catch (MalformedMessageException malformed) {
            return new Cut(from.end(), KeyErrors.nonsense("PD describes a region whose bounds cannot be read"));
        }
    }

    private void launch(KeyRange part) {
        running.incrementAndGet();
        Promise<Long> done = TxnEngine.promise(this::onDone, this::onFailure);
        try {
            work.on(part, done);
        } catch (RuntimeException thrown) {
            onFailure(CallEngine.asOwn(thrown));
        }
    }

    private void onDone(long regions) {
        doneParts.increment();
        doneRegions.add(regions);
        running.decrementAndGet();
        rounds.ask();
    }

    private void onFailure(TikvException why) {
        failure.compareAndSet(null, why);
        running.decrementAndGet();
        rounds.ask();
    }

    private void end() {
        ended = true;
        TikvException why = failure.get();
        if (why != null) {
            LOG.info("{} stopped after {} parts with {} regions: {}", name, doneParts, doneRegions, why.toString());
            promise.fail(why);
        } else {
            promise.succeed(new Report(doneParts.sum(), doneRegions.sum()));
        }
    }

    private void logNowAndThen() {
        long nowNs = System.nanoTime();
        if (nowNs - logNs > 0) {
            logNs = nowNs + LOG_NS;
            LOG.info("{} goes on: {} parts with {} regions are done", name, doneParts, doneRegions);
        }
    }
}
