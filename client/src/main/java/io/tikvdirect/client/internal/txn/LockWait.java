package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.backoff.BackoffKind;
import io.tikvdirect.client.internal.backoff.Backoffer;
import io.tikvdirect.client.internal.store.OperationKind;
import io.tikvdirect.client.internal.store.RequestWatch;
import io.tikvdirect.client.txn.KeyLockedException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Owned by one thread at a time. How one call gets past locks: has them resolved, and waits where their owners are alive,
 * each time longer but never beyond a lock's life, until its deadline.
 */
final class LockWait {

    private final TxnEngine engine;
    private final OperationKind what;
    private final BackoffKind kind;
    private final long deadlineNs;
    private final long waitUntilNs;
    private final @Nullable RequestWatch watch;
    private @Nullable Backoffer backoffer;

    LockWait(TxnEngine engine, OperationKind what, BackoffKind kind, long deadlineNs, @Nullable RequestWatch watch) {
        this(engine, what, kind, deadlineNs, deadlineNs, watch);
    }

    /**
     * A wait that ends before its call.
     *
     * @param deadlineNs when requests end
     * @param waitUntilNs when waiting for other transactions ends
     * @param watch told of pauses; null: nobody
     */
    LockWait(
            TxnEngine engine,
            OperationKind what,
            BackoffKind kind,
            long deadlineNs,
            long waitUntilNs,
            @Nullable RequestWatch watch) {
        this.watch = watch;
        this.engine = engine;
        this.what = what;
        this.kind = kind;
        this.deadlineNs = deadlineNs;
        this.waitUntilNs = waitUntilNs;
    }

    /** Gets a read past locks. */
    void forRead(List<Lock> locks, ReadSight sight, Runnable retry, Consumer<TikvException> failed) {
        engine.resolver()
                .resolveForRead(
                        locks,
                        sight,
                        deadlineNs,
                        TxnEngine.promise(waitMs -> go(locks.get(0), waitMs, retry, failed), failed));
    }

    /** Gets a write past locks. */
    void forWrite(List<Lock> locks, Runnable retry, Consumer<TikvException> failed) {
        engine.resolver()
                .resolve(
                        locks,
                        deadlineNs,
                        TxnEngine.promise(waitMs -> go(locks.get(0), waitMs, retry, failed), failed));
    }

    /**
     * Gets a pessimistic lock past others.
     *
     * @param noWait whether to fail when an owner is alive
     */
    void forLock(List<Lock> locks, boolean noWait, Runnable retry, Consumer<TikvException> failed) {
        engine.resolver()
                .resolve(
                        locks,
                        deadlineNs,
                        TxnEngine.promise(
                                waitMs -> {
                                    if (noWait && waitMs > 0) {
                                        failed.accept(stillLocked(locks.get(0)));
                                    } else {
                                        go(locks.get(0), waitMs, retry, failed);
                                    }
                                },
                                failed));
    }

    private void go(Lock lock, long waitMs, Runnable retry, Consumer<TikvException> failed) {
        if (waitMs == 0) {
            engine.pauses().after(0, retry, failed);
            return;
        }
        Backoffer present = backoffer;
        if (present == null) {
            present = engine.backoffer(waitUntilNs);
            backoffer = present;
        }
        long delayNs = present.nextDelayNs(kind, System.nanoTime(), lock.toString());
        if (delayNs == Backoffer.GIVE_UP) {
            failed.accept(stillLocked(lock));
        } else {
            long pauseNs = Math.min(delayNs, TimeUnit.MILLISECONDS.toNanos(waitMs));
            if (watch != null) {
                watch.onPause(pauseNs);
            }
            engine.pauses().after(pauseNs, retry, failed);
        }
    }

    private KeyLockedException stillLocked(Lock lock) {
        return new KeyLockedException(
                "the key is locked by transaction " + Long.toUnsignedString(lock.startTs()),
                FailureDetails.of(what.label())
                        .key(engine.errors().show(lock.key()))
                        .build(),
                null);
    }
}
