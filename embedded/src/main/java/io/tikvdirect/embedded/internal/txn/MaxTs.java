package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.Ts;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Thread-safe. The largest timestamp that anybody has read at. A transaction that computes its own commit timestamp
 * takes one above it, so that no read's answer changes afterwards. TiKV has one such figure per store, brought up to
 * PD's time when a leader arrives; here all stores share it, which asks for nothing when leaders move.
 *
 * <p>While a writer has it frozen, from computing a commit timestamp until its locks can be seen, a read that
 * would raise it waits: that is what TiKV's table of locks in memory is for.
 */
public final class MaxTs {
    private final ReentrantLock frozen = new ReentrantLock();
    private volatile long ts;

    /** Notes a read at {@code readTs}, which must look at the keys only afterwards; the maximum is no timestamp. */
    public void raise(long readTs) {
        if (readTs == Ts.MAX || !Ts.isBefore(ts, readTs)) {
            return;
        }
        frozen.lock();
        try {
            ts = Ts.max(ts, readTs);
        } finally {
            frozen.unlock();
        }
    }

    /** What relies on {@link #get()} until it is done. */
    @FunctionalInterface
    interface Frozen<R> {
        R run() throws TxnException;
    }

    /** Runs {@code work} while nobody else raises it. */
    <R> R whileFrozen(Frozen<R> work) throws TxnException {
        frozen.lock();
        try {
            return work.run();
        } finally {
            frozen.unlock();
        }
    }

    /** The largest timestamp read at. */
    public long get() {
        return ts;
    }
}
