package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.time.EarliestDeadline;
import io.tikvdirect.client.txn.WriteConflictException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Thread-safe. Lets optimistic commits of this client that write the same keys go one after the other (TXN-18): one that
 * would lose anyway, because a key was committed here after it began, is refused without a request.
 *
 * <pre>
 * latch      event                                             next
 * ---------  ------------------------------------------------  -----------------------------------------------
 * asking     the key was committed after the start             refused, all its keys are let go
 * asking     the key is free                                   asking for the next key; held when it was the last
 * asking     another commit has the key                        waiting
 * asking     so many wait for the key already                  held, without any key: the stores decide
 * waiting    the key is let go, and it is the first in line    asking
 * waiting    its deadline passes                               failed, all its keys are let go
 * held       the commit has ended                              all its keys are let go
 * </pre>
 *
 * <p>Keys are asked for in one order by all, so that nobody waits in a circle.
 */
final class Latches implements AutoCloseable {

    private final TxnEngine engine;
    private final LatchSlot[] slots;
    private final Set<Latch> waiting = ConcurrentHashMap.newKeySet();
    private final EarliestDeadline deadlines;

    /**
     * Latches that nobody has.
     *
     * @param count of slots, rounded up to a power of two
     */
    Latches(TxnEngine engine, int count, ScheduledExecutorService timers) {
        this.engine = engine;
        this.slots = new LatchSlot[Integer.highestOneBit(Math.max(1, 2 * count - 1))];
        Arrays.setAll(slots, slot -> new LatchSlot());
        this.deadlines = new EarliestDeadline(timers, this::expire);
    }

    /** Thread-safe by the slots' locks: owned by whoever asks for it, and by nobody while it waits. */
    final class Latch {
        private final long startTs;
        private final long deadlineNs;
        private final List<byte[]> keys;
        private final Promise<Latch> promise;
        private volatile int held;

        private Latch(List<byte[]> keys, long startTs, long deadlineNs, Promise<Latch> promise) {
            this.keys = new ArrayList<>(keys);
            this.keys.sort(Comparator.<byte[]>comparingInt(key -> slotOf(key)).thenComparing(Arrays::compareUnsigned));
            this.startTs = startTs;
            this.deadlineNs = deadlineNs;
            this.promise = promise;
        }

        long startTs() {
            return startTs;
        }

        /** One more key is held. */
        @SuppressWarnings("NonAtomicVolatileUpdate") // within the lock of the key's slot
        void take() {
            held = held + 1;
        }

        /** Lets all go; {@code commitTs} 0: not committed. */
        void release(long commitTs) {
            Deque<Latch> next = new ArrayDeque<>();
            letGo(this, commitTs, next);
            goOn(next);
        }
    }

    private int slotOf(byte[] key) {
        int hash = Arrays.hashCode(key) * 0x9E3779B9;
        return (hash ^ hash >>> 16) & (slots.length - 1);
    }

    private LatchSlot slot(byte[] key) {
        return slots[slotOf(key)];
    }

    /**
     * Waits until no other commit of this client has one of the keys.
     *
     * @param keys all different
     * @param startTs of the transaction
     * @param deadlineNs when to give up
     * @param promise gets what to release when the commit has ended, or a conflict
     */
    void acquire(List<byte[]> keys, long startTs, long deadlineNs, Promise<Latch> promise) {
        goOn(new ArrayDeque<>(List.of(new Latch(keys, startTs, deadlineNs, promise))));
    }

    /** Lets latches ask for their next keys, and those that were waiting for what these let go. */
    private void goOn(Deque<Latch> asking) {
        for (Latch latch = asking.poll(); latch != null; latch = asking.poll()) {
            ask(latch, asking);
        }
    }

    private void ask(Latch latch, Deque<Latch> asking) {
        while (latch.held < latch.keys.size()) {
            byte[] key = latch.keys.get(latch.held);
            waiting.add(latch);
            LatchSlot.Answer answer = slot(key).ask(key, latch);
            if (answer == LatchSlot.Answer.WAIT) {
                deadlines.add(latch.deadlineNs);
                return;
            }
            waiting.remove(latch);
            if (answer == LatchSlot.Answer.STALE) {
                refuse(latch, key, asking);
                return;
            }
            if (answer == LatchSlot.Answer.CROWDED) {
                letGo(latch, 0, asking);
                break;
            }
        }
        latch.promise.succeed(latch);
    }

    private void refuse(Latch latch, byte[] key, Deque<Latch> asking) {
        long commitTs = slot(key).committed(key);
        letGo(latch, 0, asking);
        latch.promise.fail(new WriteConflictException(
                "transaction " + Long.toUnsignedString(latch.startTs)
                        + " conflicts with one that this client has committed at " + Long.toUnsignedString(commitTs),
                FailureDetails.of("commit").key(engine.errors().show(key)).build(),
                latch.startTs,
                0,
                commitTs,
                null));
    }

    private void letGo(Latch latch, long commitTs, Deque<Latch> next) {
        for (int i = 0; i < latch.held; i++) {
            byte[] key = latch.keys.get(i);
            for (Latch first : slot(key).letGo(key, commitTs)) {
                waiting.remove(first);
                next.add(first);
            }
        }
        latch.held = 0;
    }

    private long expire(long nowNs) {
        long earliestNs = EarliestDeadline.NONE;
        for (Latch latch : waiting) {
            if (latch.deadlineNs - nowNs > 0) {
                earliestNs = earliestNs == EarliestDeadline.NONE || latch.deadlineNs - earliestNs < 0
                        ? latch.deadlineNs
                        : earliestNs;
            } else if (leave(latch)) {
                giveUp(latch);
            }
        }
        return earliestNs;
    }

    private boolean leave(Latch latch) {
        byte[] key = latch.keys.get(latch.held);
        return slot(key).leave(key, latch) && waiting.remove(latch);
    }

    private void giveUp(Latch latch) {
        latch.release(0);
        TikvException late = new RequestTimeoutException(
                "the deadline has passed while another commit of this client had one of the keys",
                FailureDetails.of("commit").build(),
                null);
        latch.promise.fail(late);
    }

    /** {@return how many wait} */
    int count() {
        return waiting.size();
    }

    /** {@return how many keys are held or remembered} */
    int remembered() {
        return Arrays.stream(slots).mapToInt(LatchSlot::size).sum();
    }

    @Override
    public void close() {
        deadlines.close();
    }
}
