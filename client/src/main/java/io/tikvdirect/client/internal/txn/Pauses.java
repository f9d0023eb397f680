package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Steps of transactions that wait for time to pass, each by a timer. Whoever takes a step out, its timer or
 * {@link #close}, owns it, so it goes on or fails exactly once.
 */
final class Pauses {

    private final ScheduledExecutorService timers;
    private final Set<Pause> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Pauses(ScheduledExecutorService timers) {
        this.timers = timers;
    }

    /**
     * Goes on after a while.
     *
     * @param delayNs how long, in nanoseconds
     * @param then what to do; called on an event loop
     * @param onClose what to do instead when the client is closed meanwhile
     */
    void after(long delayNs, Runnable then, Consumer<TikvException> onClose) {
        Pause pause = new Pause(then, onClose);
        waiting.add(pause);
        try {
            pause.timer = timers.schedule(pause, Math.max(0, delayNs), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException loopEnded) {
            pause.cancel();
        }
        if (closed) {
            pause.cancel();
        }
    }

    /** Fails everybody who waits, and whoever comes later. */
    void close() {
        closed = true;
        waiting.forEach(Pause::cancel);
    }

    /** {@return how many wait} */
    int count() {
        return waiting.size();
    }

    private final class Pause implements Runnable {
        private final Runnable then;
        private final Consumer<TikvException> onClose;
        private volatile @Nullable Future<?> timer;

        Pause(Runnable then, Consumer<TikvException> onClose) {
            this.then = then;
            this.onClose = onClose;
        }

        @Override
        public void run() {
            if (waiting.remove(this)) {
                then.run();
            }
        }

        void cancel() {
            if (waiting.remove(this)) {
                Future<?> pending = timer;
                if (pending != null) {
                    pending.cancel(false);
                }
                onClose.accept(new ClientClosedException("the client was closed", FailureDetails.NONE, null));
            }
        }
    }
}
