package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Decides about the transactions whose locks were met, one {@link LockResolution} each, side by side
 * (LCK-01, LCK-05, LCK-07).
 */
final class LockResolver {

    private final TxnEngine engine;
    private final FinishedTransactions finished = new FinishedTransactions();
    private final Set<LockResolution> running = ConcurrentHashMap.newKeySet();
    private final CleanedRegions cleanedRegions = new CleanedRegions();
    private final SharedRemovals removals;

    LockResolver(TxnEngine engine) {
        this.engine = engine;
        this.removals = new SharedRemovals(engine.timers());
    }

    /** {@return the requests under way that remove locks} */
    SharedRemovals removals() {
        return removals;
    }

    /** {@return where pessimistic locks were removed region by region} */
    CleanedRegions cleanedRegions() {
        return cleanedRegions;
    }

    FinishedTransactions finished() {
        return finished;
    }

    /**
     * Removes locks that are in the way of a write.
     *
     * @param locks that were met
     * @param deadlineNs when to give up
     * @param waitMs gets how long to wait before some lock's time is over, in milliseconds; 0 when all are gone
     */
    void resolve(List<Lock> locks, long deadlineNs, Promise<Long> waitMs) {
        run(locks, 0, LockResolution.Cleaning.AWAITED, null, deadlineNs, waitMs);
    }

    /**
     * Decides about locks that a read met. Those of transactions that are over or were pushed behind the read are noted in
     * what it sees, so that it need not wait until they are gone.
     *
     * @param locks that were met
     * @param sight what the read sees; added to
     * @param deadlineNs when to give up
     * @param waitMs gets how long to wait before some lock's time is over, in milliseconds; 0 when no lock is in the way
     */
    void resolveForRead(List<Lock> locks, ReadSight sight, long deadlineNs, Promise<Long> waitMs) {
        run(locks, sight.readTs(), LockResolution.Cleaning.IN_BACKGROUND, sight, deadlineNs, waitMs);
    }

    /**
     * Finds out what became of a transaction all of whose locks are too old to be respected; the caller removes them.
     *
     * @param locks of one transaction, at least one
     * @param deadlineNs when to give up
     * @param promise gets its fate
     */
    void decide(List<Lock> locks, long deadlineNs, Promise<TxnStatus> promise) {
        resolution(locks, 0, LockResolution.Cleaning.BY_CALLER, deadlineNs, promise);
    }

    /** {@return the transactions that are being decided about now, by their start timestamps, and for whose sake} */
    Map<Long, Long> resolving() {
        Map<Long, Long> now = new TreeMap<>();
        running.forEach(resolution -> now.put(resolution.startTs(), resolution.callerStartTs()));
        return now;
    }

    private void resolution(
            List<Lock> locks,
            long callerStartTs,
            LockResolution.Cleaning cleaning,
            long deadlineNs,
            Promise<TxnStatus> promise) {
        LockResolution resolution =
                new LockResolution(engine, this, locks, callerStartTs, cleaning, deadlineNs, promise);
        running.add(resolution);
        resolution.start();
    }

    /** A resolution has ended. */
    void onEnd(LockResolution resolution) {
        running.remove(resolution);
    }

    private void run(
            List<Lock> locks,
            long callerStartTs,
            LockResolution.Cleaning cleaning,
            @Nullable ReadSight sight,
            long deadlineNs,
            Promise<Long> waitMs) {
        Map<Long, List<Lock>> byTxn = new LinkedHashMap<>();
        for (Lock lock : locks) {
            byTxn.computeIfAbsent(lock.startTs(), start -> new ArrayList<>()).add(lock);
        }
        Gathering gathering = new Gathering(byTxn.size(), sight, waitMs);
        byTxn.forEach((startTs, ofTxn) -> resolution(
                ofTxn,
                callerStartTs,
                cleaning,
                deadlineNs,
                TxnEngine.promise(status -> gathering.onStatus(startTs, status), gathering::onFailure)));
    }

    /** Thread-safe. Waits for all resolutions of one call. */
    private static final class Gathering {
        private final AtomicInteger left;
        private final @Nullable ReadSight sight;
        private final Promise<Long> waitMs;
        private final AtomicLong shortestMs = new AtomicLong(Long.MAX_VALUE);
        private final AtomicReference<@Nullable TikvException> failure = new AtomicReference<>();

        Gathering(int count, @Nullable ReadSight sight, Promise<Long> waitMs) {
            this.left = new AtomicInteger(count);
            this.sight = sight;
            this.waitMs = waitMs;
        }

        void onStatus(long startTs, TxnStatus status) {
            boolean passed = sight != null && sight.note(startTs, status);
            if (status.fate() == TxnStatus.Fate.ALIVE && !passed) {
                shortestMs.accumulateAndGet(status.leftMs(), Math::min);
            }
            settle();
        }

        void onFailure(TikvException why) {
            failure.compareAndSet(null, why);
            settle();
        }

        private void settle() {
            if (left.decrementAndGet() > 0) {
                return;
            }
            TikvException why = failure.get();
            if (why != null) {
                waitMs.fail(why);
            } else {
                waitMs.succeed(shortestMs.get() == Long.MAX_VALUE ? 0 : shortestMs.get());
            }
        }
    }
}
