package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.time.EarliestDeadline;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Thread-safe. Requests under way that remove locks: whoever wants the same locks removed, for the same fate, waits for the
 * request that is under way instead of sending another (NET-11).
 *
 * <p>A request has a deadline of its own, whoever began it. Each who waits leaves at his own deadline and disturbs nobody.
 */
final class SharedRemovals implements AutoCloseable {

    /**
     * Immutable. Locks of one transaction whose fate is known: those of a region, or that of a key.
     *
     * @param startTs the transaction
     * @param commitTs its fate; 0 is rolled back
     * @param regionId 0 for a key
     * @param regionVersion tells the region's bounds apart; 0 for a key
     * @param key nothing for a region
     */
    record Target(long startTs, long commitTs, long regionId, long regionVersion, ByteBuffer key) {
        private static final ByteBuffer NO_KEY = ByteBuffer.allocate(0);

        static Target ofRegion(long startTs, long commitTs, Region region) {
            return new Target(startTs, commitTs, region.id(), region.version(), NO_KEY);
        }

        static Target ofKey(long startTs, long commitTs, byte[] key) {
            return new Target(startTs, commitTs, 0, 0, ByteBuffer.wrap(key));
        }
    }

    private record Waiter(long deadlineNs, Promise<Boolean> promise) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Target, List<Waiter>> underway = new HashMap<>();
    private final EarliestDeadline deadlines;

    SharedRemovals(ScheduledExecutorService timers) {
        this.deadlines = new EarliestDeadline(timers, this::expire);
    }

    /**
     * Waits for the request that removes something, and begins it when there is none.
     *
     * @param target what is removed
     * @param deadlineNs when this caller gives up
     * @param promise told when the locks are gone, on the thread that learns of it
     * @param request begins it; must keep its promise
     */
    void join(Target target, long deadlineNs, Promise<Boolean> promise, Consumer<Promise<Boolean>> request) {
        boolean first;
        lock.lock();
        try {
            first = !underway.containsKey(target);
            underway.computeIfAbsent(target, none -> new ArrayList<>()).add(new Waiter(deadlineNs, promise));
        } finally {
            lock.unlock();
        }
        deadlines.add(deadlineNs);
        if (first) {
            request.accept(TxnEngine.promise(
                    removed -> end(target, waiting -> waiting.succeed(removed)),
                    failure -> end(target, waiting -> waiting.fail(failure))));
        }
    }

    private void end(Target target, Consumer<Promise<Boolean>> outcome) {
        List<Waiter> told;
        lock.lock();
        try {
            told = underway.remove(target);
        } finally {
            lock.unlock();
        }
        if (told != null) {
            told.forEach(waiter -> outcome.accept(waiter.promise));
        }
    }

    private long expire(long nowNs) {
        List<Waiter> due = new ArrayList<>();
        long earliestNs = EarliestDeadline.NONE;
        lock.lock();
        try {
            for (List<Waiter> waiters : underway.values()) {
                earliestNs = takeDue(waiters, nowNs, due, earliestNs);
            }
        } finally {
            lock.unlock();
        }
        due.forEach(waiter -> waiter.promise.fail(new RequestTimeoutException(
                "the deadline has passed while locks were being removed",
                FailureDetails.of(OperationKind.KV_RESOLVE_LOCK.label()).build(),
                null)));
        return earliestNs;
    }

    private static long takeDue(List<Waiter> waiters, long nowNs, List<Waiter> due, long earliestSoFarNs) {
        long earliestNs = earliestSoFarNs;
        for (Iterator<Waiter> each = waiters.iterator(); each.hasNext(); ) {
            Waiter waiter = each.next();
            if (waiter.deadlineNs - nowNs <= 0) {
                each.remove();
                due.add(waiter);
            } else if (earliestNs == EarliestDeadline.NONE || waiter.deadlineNs - earliestNs < 0) {
                earliestNs = waiter.deadlineNs;
            }
        }
        return earliestNs;
    }

    /** {@return how many requests are under way} */
    int count() {
        lock.lock();
        try {
            return underway.size();
        } finally {
            lock.unlock();
        }
    }

    /** Stops the timer: the requests under way end with the client, and with them whoever waits. */
    @Override
    public void close() {
        deadlines.close();
    }
}
