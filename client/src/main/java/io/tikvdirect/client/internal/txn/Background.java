package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Work that no caller waits for: committing secondaries, rolling back, removing locks that were met. Bounded;
 * what finds no place is left to whoever meets the locks. Failures are counted, never thrown.
 */
final class Background {

    /** Pieces of work at once (client-go: 10 000 for the whole process, LCK-05). */
    static final int MAX_TASKS = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Background.class);

    private final AtomicInteger running = new AtomicInteger();
    private final LongAdder failed = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private volatile boolean refusing;

    /**
     * Starts a piece of work.
     *
     * @param what for the log
     * @param work given a promise that it keeps when it has ended
     */
    void run(String what, Consumer<Promise<Boolean>> work) {
        if (enter()) {
            work.accept(TxnEngine.promise(done -> leave(), failure -> leave(what, failure)));
        }
    }

    /** Takes a place for a piece of work; whoever gets true leaves it again. */
    boolean enter() {
        if (running.incrementAndGet() > MAX_TASKS || refusing) {
            running.decrementAndGet();
            skipped.increment();
            return false;
        }
        return true;
    }

    /** A piece of work has ended well. */
    void leave() {
        running.decrementAndGet();
    }

    /**
     * A piece of work has failed.
     *
     * @param what for the log
     */
    void leave(String what, TikvException failure) {
        failed.increment();
        LOG.debug("{} failed: {}", what, failure.toString());
        running.decrementAndGet();
    }

    /** Work that would begin from now on is left. */
    void refuseNew() {
        refusing = true;
    }

    /** Says what is left when the client closes: nobody will do it, and nothing depends on it. */
    void reportLeft() {
        int left = running.get();
        if (left > 0) {
            LOG.warn(
                    "{} pieces of work after transactions were not done when the client closed: whoever meets locks that"
                            + " they have left deals with them",
                    left);
        }
    }

    boolean isIdle() {
        return running.get() == 0;
    }

    long failed() {
        return failed.sum();
    }

    long skipped() {
        return skipped.sum();
    }
}
