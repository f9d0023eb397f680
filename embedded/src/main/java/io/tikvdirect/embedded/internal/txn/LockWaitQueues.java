package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.txn.Workspace.Released;
import io.tikvdirect.proto.deadlock.WaitForEntry;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.WriteConflict.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Confined to the holder of the space's write lock. Who waits for which key, in TiKV's order of waking up.
 *
 * <table>
 * <caption>When a key's lock is released</caption>
 * <tr><th>first in the queue</th><th>then</th></tr>
 * <tr><td>an ordinary request</td><td>is told to try again (PessimisticRetry); those behind it that were there by now are
 * told so too {@value #WAKE_UP_DELAY_MS} ms after the last release, up to one with force, which is resumed</td></tr>
 * <tr><td>ordinary requests for shared locks</td><td>all of them up to one for an exclusive lock</td></tr>
 * <tr><td>a request with force</td><td>is resumed: gets the lock, or waits on, or fails</td></tr>
 * </table>
 */
final class LockWaitQueues {
    /** TiKV's default {@code pessimistic-txn.wake-up-delay-duration}. */
    private static final long WAKE_UP_DELAY_MS = 20;

    private static final long NEVER = Long.MAX_VALUE;

    /** Who waits for one key. */
    private static final class Queue {
        final TreeSet<LockWaiter> waiters = new TreeSet<>(LockWaiter::order);
        LockInfo holder = LockInfo.getDefaultInstance();
        long wakeOthersAtMs = NEVER;
        /** Waiters with smaller numbers were there at the last release. */
        long wakeOthersBelow;

        @Nullable
        Released last;
    }

    private final Map<TxnKey, Queue> queues = new HashMap<>();
    private final DeadlockDetector detector = new DeadlockDetector();
    private final Wakening wakening;
    private long numbers;

    /** What has to be done with those who wake up. */
    interface Wakening {
        /** Ends a wait with an answer. */
        void refuse(LockWaiter waiter, TxnException why);

        /** Tries the lock again; false = it is taken, the waiter waits on. */
        boolean resume(LockWaiter waiter);
    }

    LockWaitQueues(Wakening wakening) {
        this.wakening = wakening;
    }

    boolean isEmpty() {
        return queues.isEmpty();
    }

    long nextNumber() {
        return ++numbers;
    }

    /**
     * Begins a wait.
     *
     * @throws TxnException when it would never end: a deadlock
     */
    void begin(LockWaiter waiter, LockInfo holder) throws TxnException {
        waitFor(waiter, holder);
        Queue queue = queues.computeIfAbsent(waiter.key, key -> new Queue());
        queue.holder = holder;
        queue.waiters.add(waiter);
    }

    private void waitFor(LockWaiter waiter, LockInfo holder) throws TxnException {
        List<LockInfo> holders =
                holder.getSharedLockInfosCount() > 0 ? holder.getSharedLockInfosList() : List.of(holder);
        for (LockInfo one : holders) {
            DeadlockDetector.Wait wait = new DeadlockDetector.Wait(
                    waiter.options.startTs(), one.getLockVersion(), waiter.key, waiter.options.resourceGroupTag());
            List<DeadlockDetector.Wait> circle = waiter.options.isFirstLock() ? null : detector.begin(wait);
            if (circle != null) {
                endWaits(waiter);
                throw deadlock(waiter.key, circle);
            }
            waiter.waits.add(wait);
        }
    }

    private static TxnException deadlock(TxnKey key, List<DeadlockDetector.Wait> circle) {
        List<WaitForEntry> chain =
                circle.stream().map(DeadlockDetector.Wait::entry).toList();
        DeadlockDetector.Wait closing = circle.get(circle.size() - 1);
        return TxnException.deadlock(
                key, closing.waitFor(), circle.get(circle.size() - 2).keyHash(), chain);
    }

    private void endWaits(LockWaiter waiter) {
        waiter.waits.forEach(detector::end);
        waiter.waits.clear();
    }

    /** A lock is gone: wakes who comes next. */
    void onReleased(Released released, long nowMs) {
        Queue queue = queues.get(released.key());
        if (queue == null) {
            return;
        }
        queue.last = released;
        LockWaiter first = queue.waiters.pollFirst();
        if (first != null) {
            wakeFirst(queue, first, nowMs);
        }
        removeIfEmpty(released.key(), queue);
    }

    private void wakeFirst(Queue queue, LockWaiter first, long nowMs) {
        if (first.options.force()) {
            resume(queue, first);
            return;
        }
        tellToRetry(queue, first);
        while (first.isShared && !queue.waiters.isEmpty() && queue.waiters.first().isShared) {
            tellToRetry(queue, queue.waiters.pollFirst());
        }
        if (!queue.waiters.isEmpty()) {
            queue.wakeOthersAtMs = nowMs + WAKE_UP_DELAY_MS;
            queue.wakeOthersBelow = nextNumber();
        }
    }

    private void tellToRetry(Queue queue, @Nullable LockWaiter waiter) {
        Released last = queue.last;
        if (waiter != null && last != null) {
            endWaits(waiter);
            wakening.refuse(
                    waiter,
                    TxnException.conflict(
                            waiter.key,
                            waiter.options.primary(),
                            waiter.options.startTs(),
                            last.startTs(),
                            last.commitTs(),
                            Reason.PessimisticRetry));
        }
    }

    private void resume(Queue queue, LockWaiter waiter) {
        if (wakening.resume(waiter)) {
            endWaits(waiter);
        } else {
            queue.waiters.add(waiter);
        }
    }

    /** A key got a new lock: those who wait for it wait for that one now, which may be a deadlock. */
    void onAcquired(TxnKey key, LockInfo holder) {
        Queue queue = queues.get(key);
        if (queue == null) {
            return;
        }
        queue.holder = holder;
        for (LockWaiter waiter : List.copyOf(queue.waiters)) {
            endWaits(waiter);
            try {
                waitFor(waiter, holder);
            } catch (TxnException deadlock) {
                queue.waiters.remove(waiter);
                wakening.refuse(waiter, deadlock);
            }
        }
        removeIfEmpty(key, queue);
    }

    /** Ends the waits whose time is over and does the delayed wake-ups. */
    void onTime(long nowMs) {
        for (TxnKey key : List.copyOf(queues.keySet())) {
            Queue queue = queues.get(key);
            if (queue != null) {
                if (queue.wakeOthersAtMs <= nowMs) {
                    wakeOthers(queue);
                }
                endOverdue(queue, nowMs);
                removeIfEmpty(key, queue);
            }
        }
    }

    private void wakeOthers(Queue queue) {
        queue.wakeOthersAtMs = NEVER;
        while (!queue.waiters.isEmpty() && queue.waiters.first().number < queue.wakeOthersBelow) {
            LockWaiter waiter = queue.waiters.first();
            queue.waiters.remove(waiter);
            if (waiter.options.force()) {
                resume(queue, waiter);
                return;
            }
            tellToRetry(queue, waiter);
        }
    }

    private void endOverdue(Queue queue, long nowMs) {
        List<LockWaiter> overdue = new ArrayList<>();
        for (Iterator<LockWaiter> all = queue.waiters.iterator(); all.hasNext(); ) {
            LockWaiter waiter = all.next();
            if (waiter.deadlineMs <= nowMs) {
                all.remove();
                overdue.add(waiter);
            }
        }
        for (LockWaiter waiter : overdue) {
            endWaits(waiter);
            wakening.refuse(waiter, TxnException.locked(queue.holder));
        }
    }

    private void removeIfEmpty(TxnKey key, Queue queue) {
        if (queue.waiters.isEmpty()) {
            queues.remove(key);
        }
    }

    /** All waits of this moment, as the protocol tells them. */
    List<WaitForEntry> entries() {
        List<WaitForEntry> entries = new ArrayList<>();
        for (Queue queue : queues.values()) {
            for (LockWaiter waiter : queue.waiters) {
                waiter.waits.forEach(wait -> entries.add(wait.entry()));
            }
        }
        return entries;
    }
}
