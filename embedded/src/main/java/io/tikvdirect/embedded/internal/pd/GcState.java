package io.tikvdirect.embedded.internal.pd;

import io.tikvdirect.proto.pdpb.GCBarrierInfo;
import io.tikvdirect.proto.pdpb.GlobalGCBarrierInfo;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. How far garbage collection may go: the transaction safe point, the GC safe point behind it, and the
 * barriers that hold them back. One state serves all keyspaces, as in a PD without keyspace-level GC.
 */
final class GcState {
    /** The service that moves the transaction safe point in the older API; no barrier may be named so. */
    static final String GC_WORKER = "gc_worker";

    private static final long FOREVER = Long.MAX_VALUE;

    /** Immutable. A change that is refused, and why. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        RefusedException(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /**
     * What became of an advance.
     *
     * @param blocker what held it back, null = nothing
     */
    record Advance(long before, long after, @Nullable String blocker) {}

    private record Barrier(String id, long timestamp, long endMs) {
        /** In the form that PD describes it, which tools take apart. */
        String inWords() {
            String end =
                    endMs == FOREVER ? "<nil>" : Instant.ofEpochMilli(endMs).toString();
            return "GCBarrier { BarrierID: \"" + id + "\", BarrierTS: " + Long.toUnsignedString(timestamp)
                    + ", ExpirationTime: \"" + end + "\" }";
        }

        long ttlSeconds(long nowMs) {
            return endMs == FOREVER ? FOREVER : (endMs - nowMs + 999) / 1000;
        }
    }

    private final InstantSource clock;
    private final LongConsumer onGcSafePoint;
    private final Map<String, Barrier> barriers = new TreeMap<>();
    private final Map<String, Barrier> globalBarriers = new TreeMap<>();
    private long txnSafePoint;
    private long gcSafePoint;

    GcState(InstantSource clock, LongConsumer onGcSafePoint) {
        this.clock = clock;
        this.onGcSafePoint = onGcSafePoint;
    }

    synchronized long txnSafePoint() {
        return txnSafePoint;
    }

    synchronized long gcSafePoint() {
        return gcSafePoint;
    }

    long nowSecond() {
        return clock.millis() / 1000;
    }

    /** Moves the transaction safe point to {@code target} or, if a barrier stands before it, to the barrier. */
    synchronized Advance advanceTxn(long target) throws RefusedException {
        if (Long.compareUnsigned(target, txnSafePoint) < 0) {
            throw new RefusedException("the txn safe point can't go back from " + Long.toUnsignedString(txnSafePoint)
                    + " to " + Long.toUnsignedString(target));
        }
        removeExpired();
        Barrier lowest = lowestBarrier();
        long before = txnSafePoint;
        boolean blocked = lowest != null && Long.compareUnsigned(lowest.timestamp, target) < 0;
        if (!blocked || lowest == null) {
            txnSafePoint = target;
            return new Advance(before, target, null);
        }
        txnSafePoint = lowest.timestamp;
        return new Advance(before, txnSafePoint, lowest.inWords());
    }

    private @Nullable Barrier lowestBarrier() {
        Barrier lowest = null;
        for (Map<String, Barrier> each : List.of(barriers, globalBarriers)) {
            for (Barrier barrier : each.values()) {
                if (lowest == null || Long.compareUnsigned(barrier.timestamp, lowest.timestamp) < 0) {
                    lowest = barrier;
                }
            }
        }
        return lowest;
    }

    synchronized Advance advanceGc(long target) throws RefusedException {
        if (Long.compareUnsigned(target, gcSafePoint) < 0) {
            throw new RefusedException("the GC safe point can't go back from " + Long.toUnsignedString(gcSafePoint)
                    + " to " + Long.toUnsignedString(target));
        }
        if (Long.compareUnsigned(target, txnSafePoint) > 0) {
            throw new RefusedException("the GC safe point " + Long.toUnsignedString(target)
                    + " can't pass the txn safe point " + Long.toUnsignedString(txnSafePoint));
        }
        long before = gcSafePoint;
        gcSafePoint = target;
        onGcSafePoint.accept(target);
        return new Advance(before, target, null);
    }

    /** Sets or moves a barrier, backward too; {@code ttlSeconds} positive. */
    synchronized GCBarrierInfo setBarrier(String id, long timestamp, long ttlSeconds) throws RefusedException {
        Barrier barrier = barrier(id, timestamp, ttlSeconds);
        barriers.put(id, barrier);
        return describe(barrier);
    }

    /** Sets or moves a barrier of all keyspaces; {@code ttlSeconds} positive. */
    synchronized GlobalGCBarrierInfo setGlobalBarrier(String id, long timestamp, long ttlSeconds)
            throws RefusedException {
        Barrier barrier = barrier(id, timestamp, ttlSeconds);
        globalBarriers.put(id, barrier);
        return describeGlobal(barrier);
    }

    private Barrier barrier(String id, long timestamp, long ttlSeconds) throws RefusedException {
        if (id.isEmpty()) {
            throw new RefusedException("a barrier needs an id");
        }
        if (id.equals(GC_WORKER)) {
            throw new RefusedException("the barrier id " + GC_WORKER + " is reserved");
        }
        if (ttlSeconds <= 0) {
            throw new RefusedException("a barrier needs a positive time to live");
        }
        if (Long.compareUnsigned(timestamp, txnSafePoint) < 0) {
            throw new RefusedException("the barrier at " + Long.toUnsignedString(timestamp)
                    + " lies behind the txn safe point " + Long.toUnsignedString(txnSafePoint));
        }
        long nowMs = clock.millis();
        long endMs = ttlSeconds > (FOREVER - nowMs) / 1000 ? FOREVER : nowMs + ttlSeconds * 1000;
        return new Barrier(id, timestamp, endMs);
    }

    /** Removes a barrier and tells which, null = there was none. */
    synchronized @Nullable GCBarrierInfo deleteBarrier(String id) {
        removeExpired();
        Barrier removed = barriers.remove(id);
        return removed == null ? null : describe(removed);
    }

    /** Removes a barrier of all keyspaces and tells which, null = there was none. */
    synchronized @Nullable GlobalGCBarrierInfo deleteGlobalBarrier(String id) {
        removeExpired();
        Barrier removed = globalBarriers.remove(id);
        return removed == null ? null : describeGlobal(removed);
    }

    synchronized List<GlobalGCBarrierInfo> globalBarriers() {
        removeExpired();
        return globalBarriers.values().stream().map(this::describeGlobal).toList();
    }

    synchronized List<GCBarrierInfo> barriers() {
        removeExpired();
        List<GCBarrierInfo> all = new ArrayList<>();
        barriers.values().forEach(barrier -> all.add(describe(barrier)));
        return all;
    }

    private GCBarrierInfo describe(Barrier barrier) {
        return GCBarrierInfo.newBuilder()
                .setBarrierId(barrier.id)
                .setBarrierTs(barrier.timestamp)
                .setTtlSeconds(barrier.ttlSeconds(clock.millis()))
                .build();
    }

    private GlobalGCBarrierInfo describeGlobal(Barrier barrier) {
        return GlobalGCBarrierInfo.newBuilder()
                .setBarrierId(barrier.id)
                .setBarrierTs(barrier.timestamp)
                .setTtlSeconds(barrier.ttlSeconds(clock.millis()))
                .build();
    }

    private void removeExpired() {
        long nowMs = clock.millis();
        barriers.values().removeIf(barrier -> barrier.endMs <= nowMs);
        globalBarriers.values().removeIf(barrier -> barrier.endMs <= nowMs);
    }
}
