package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.internal.region.Store;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its link's event loop. Looks through the requests in flight now and then for those that have waited long,
 * each of which is reported once as slow and once as hanging. A request that is answered in time costs nothing here.
 */
final class SlowWatch {
    /** A request is reported at most so much later than it became slow. */
    private static final int LOOKS_PER_THRESHOLD = 4;

    private final Store store;
    private final SlowRequests reports;
    private final long slowNs;
    private final long hangingNs;
    private final long everyNs;
    private long dueNs;

    private int slow;
    private int hanging;
    private @Nullable Operation oldestSlow;
    private @Nullable Operation oldestHanging;

    SlowWatch(Store store, SlowRequests reports) {
        this.store = store;
        this.reports = reports;
        this.slowNs = reports.settings().slowAfter().toNanos();
        this.hangingNs = reports.settings().hangingAfter().toNanos();
        long shortestNs = slowNs == 0 || (hangingNs != 0 && hangingNs < slowNs) ? hangingNs : slowNs;
        this.everyNs = shortestNs / LOOKS_PER_THRESHOLD;
        this.dueNs = System.nanoTime();
    }

    /**
     * Looks, if it is time to.
     *
     * @param inFlight what was sent and not answered
     * @param nowNs now
     */
    void onTick(InFlightTable inFlight, long nowNs) {
        if (everyNs == 0 || nowNs - dueNs < 0) {
            return;
        }
        dueNs = nowNs + everyNs;
        inFlight.forEach(operation -> look(operation, nowNs));
        report(nowNs);
    }

    private void look(Operation operation, long nowNs) {
        long ageNs = nowNs - operation.sentNs;
        if (slowNs != 0 && ageNs >= slowNs && operation.slowness < Operation.SLOW) {
            operation.slowness = Operation.SLOW;
            slow++;
            oldestSlow = older(oldestSlow, operation);
        }
        if (hangingNs != 0 && ageNs >= hangingNs && operation.slowness < Operation.HANGING) {
            operation.slowness = Operation.HANGING;
            hanging++;
            oldestHanging = older(oldestHanging, operation);
        }
    }

    private static Operation older(@Nullable Operation one, Operation other) {
        return one != null && one.sentNs - other.sentNs <= 0 ? one : other;
    }

    private void report(long nowNs) {
        Operation slowest = oldestSlow;
        if (slowest != null) {
            reports.onSlow(store, slow, slowest, nowNs);
        }
        Operation stuck = oldestHanging;
        if (stuck != null) {
            reports.onHanging(store, hanging, stuck, nowNs);
        }
        slow = 0;
        hanging = 0;
        oldestSlow = null;
        oldestHanging = null;
    }
}
