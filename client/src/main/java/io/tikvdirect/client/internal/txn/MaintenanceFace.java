package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.pd.RegionSpread;
import io.tikvdirect.client.txn.GcBarrier;
import io.tikvdirect.client.txn.LockWaiting;
import io.tikvdirect.client.txn.Maintenance;
import io.tikvdirect.client.txn.RangeOptions;
import io.tikvdirect.client.txn.RangeReport;
import io.tikvdirect.client.txn.RangeWork;
import io.tikvdirect.client.txn.SafePoints;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.proto.pdpb.GCBarrierInfo;
import io.tikvdirect.proto.pdpb.GCState;
import io.tikvdirect.proto.pdpb.GlobalGCBarrierInfo;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Work on ranges, for callers that wait. */
final class MaintenanceFace implements Maintenance {

    private static final long SCATTER_POLL_MS = 50;

    private final TxnEngine engine;
    private final RegionSpread spread;

    MaintenanceFace(TxnEngine engine) {
        this.engine = engine;
        this.spread = new RegionSpread(engine.pd());
    }

    @Override
    public Timestamp collectGarbage(Timestamp safePoint, RangeOptions options) {
        long timeoutNs = options.timeout().toNanos();
        long deadlineNs = System.nanoTime() + timeoutNs;
        return new Timestamp(Faces.<Long>await(
                engine, timeoutNs, promise -> new GarbageRun(engine, safePoint.version(), options, deadlineNs, promise)
                        .start()));
    }

    @Override
    public SafePoints safePoints() {
        GCState state = answer(
                engine.gcStates().state(engine.keySpace().keyspaceId(), System.nanoTime() + timeoutNs()), timeoutNs());
        Map<String, Timestamp> barriers = new HashMap<>();
        for (GCBarrierInfo barrier : state.getGcBarriersList()) {
            barriers.put(barrier.getBarrierId(), new Timestamp(barrier.getBarrierTs()));
        }
        Map<String, Timestamp> everywhere = new HashMap<>();
        for (GlobalGCBarrierInfo barrier :
                answer(engine.gcStates().globalBarriers(System.nanoTime() + timeoutNs()), timeoutNs())) {
            everywhere.put(barrier.getBarrierId(), new Timestamp(barrier.getBarrierTs()));
        }
        return new SafePoints(
                new Timestamp(state.getTxnSafePoint()), new Timestamp(state.getGcSafePoint()), barriers, everywhere);
    }

    private long timeoutNs() {
        return engine.config().timeout().toNanos();
    }

    private <T> T answer(CompletableFuture<T> asked, long timeoutNs) {
        return Faces.<T>await(engine, timeoutNs, promise -> {
            var unused = asked.whenComplete((answer, failure) -> {
                if (failure == null) {
                    promise.succeed(answer);
                } else {
                    promise.fail(CallEngine.asOwn(failure));
                }
            });
        });
    }

    @Override
    public GcBarrier holdGarbage(String name, Timestamp timestamp, Duration ttl) {
        return hold(name, false, timestamp, ttl);
    }

    @Override
    public GcBarrier holdGarbageEverywhere(String name, Timestamp timestamp, Duration ttl) {
        return hold(name, true, timestamp, ttl);
    }

    private GcBarrier hold(String name, boolean everywhere, Timestamp timestamp, Duration ttl) {
        if (name.isEmpty() || ttl.toSeconds() < 1) {
            throw new InvalidArgumentException("a barrier needs a name, and a second to live at least");
        }
        long deadlineNs = System.nanoTime() + timeoutNs();
        return Faces.<GcBarrier>await(engine, timeoutNs(), promise -> engine.barriers()
                .hold(name, everywhere, timestamp, ttl, deadlineNs, promise));
    }

    @Override
    public RangeReport removeLocks(KeyRange range, Timestamp youngest, RangeOptions options) {
        long deadlineNs = System.nanoTime() + options.timeout().toNanos();
        return run("removing locks", range, options, (part, done) -> new LockSweep(
                        engine, part, youngest.version(), deadlineNs, done)
                .scan());
    }

    private RangeReport run(String name, KeyRange range, RangeOptions options, RangeRun.Work work) {
        long timeoutNs = options.timeout().toNanos();
        long deadlineNs = System.nanoTime() + timeoutNs;
        RangeRun.Report report = Faces.<RangeRun.Report>await(engine, timeoutNs, promise -> new RangeRun(
                        engine, name, range, options.concurrency(), options.regionsPerPart(), deadlineNs, work, promise)
                .start());
        return new RangeReport(report.parts(), report.regions());
    }

    @Override
    public Map<Timestamp, Timestamp> resolving() {
        Map<Timestamp, Timestamp> now = new LinkedHashMap<>();
        engine.resolver().resolving().forEach((of, by) -> now.put(new Timestamp(of), new Timestamp(by)));
        return now;
    }

    @Override
    public List<LockWaiting> lockWaits() {
        return Faces.<List<LockWaiting>>await(
                engine, timeoutNs(), promise -> new LockWaits(engine, promise).run(System.nanoTime() + timeoutNs()));
    }

    @Override
    public RangeReport forEachPart(String name, KeyRange range, RangeOptions options, RangeWork work) {
        return run(name, range, options, (part, done) -> begin(work, part, done));
    }

    private static void begin(RangeWork work, KeyRange part, Promise<Long> done) {
        Objects.requireNonNull(work.on(part), "work without a stage").whenComplete((regions, failure) -> {
            if (failure == null) {
                done.succeed(regions == null ? 0L : regions);
            } else {
                done.fail(CallEngine.asOwn(failure));
            }
        });
    }

    @Override
    public RangeReport deleteRange(KeyRange range, RangeOptions options) {
        return delete("deleting a range", range, options, false);
    }

    @Override
    public RangeReport announceDeletion(KeyRange range, RangeOptions options) {
        return delete("announcing a deletion", range, options, true);
    }

    private RangeReport delete(String name, KeyRange range, RangeOptions options, boolean announceOnly) {
        long deadlineNs = System.nanoTime() + options.timeout().toNanos();
        return run(name, range, options, (part, done) -> new RangeDelete(engine, part, announceOnly, deadlineNs, done)
                .next());
    }

    @Override
    public void unsafeDestroyRange(KeyRange range) {
        if (range.start().length == 0 || range.end().length == 0 || range.isEmpty()) {
            throw new InvalidArgumentException("a range to destroy needs two bounds, the lower one first");
        }
        long deadlineNs = System.nanoTime() + RangeDestruction.STORE_NS;
        Faces.<Boolean>await(engine, RangeDestruction.STORE_NS, promise -> new RangeDestruction(engine, range, promise)
                .run(deadlineNs));
    }

    @Override
    public boolean scatterRegions(List<Long> regions, @Nullable String group, Duration longest) {
        if (regions.isEmpty()) {
            return true;
        }
        long endNs = System.nanoTime() + longest.toNanos();
        long begunNs = Math.min(timeoutNs(), longest.toNanos());
        answer(spread.begin(regions, group, System.nanoTime() + begunNs), begunNs);
        for (long region : regions) {
            while (isScattering(region)) {
                if (System.nanoTime() - endNs > 0) {
                    return false;
                }
                pause();
            }
        }
        return true;
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(SCATTER_POLL_MS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(
                    "interrupted while PD spread regions", FailureDetails.NONE, interrupted);
        }
    }

    @Override
    public boolean isScattering(long region) {
        return answer(spread.isRunning(region, System.nanoTime() + timeoutNs()), timeoutNs());
    }
}
