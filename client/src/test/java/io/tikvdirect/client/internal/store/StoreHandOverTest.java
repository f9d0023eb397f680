package io.tikvdirect.client.internal.store;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/**
 * Where operations change hands between threads, tried in many interleavings by Lincheck's model checker: {@code
 * -Dtikvdirect.interleavings=50000} tries more of them.
 */
class StoreHandOverTest {

    private static final int INTERLEAVINGS = Integer.getInteger("tikvdirect.interleavings", 50);

    private static Thread start(Runnable action) {
        Thread thread = new Thread(action);
        thread.start();
        return thread;
    }

    private static void join(Thread... threads) {
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }

    /** Whatever a producer offers is seen by a round that was asked for. */
    @Test
    void aWakeUpOverlooksNobody() {
        Lincheck.runConcurrentTest(INTERLEAVINGS, () -> {
            WakeUp wakeUp = new WakeUp();
            ConcurrentLinkedQueue<Integer> queue = new ConcurrentLinkedQueue<>();
            AtomicInteger rounds = new AtomicInteger();
            AtomicInteger seen = new AtomicInteger();
            Runnable producer = () -> {
                queue.add(1);
                if (wakeUp.request()) {
                    rounds.incrementAndGet();
                }
            };
            Runnable round = () -> {
                wakeUp.begin();
                while (queue.poll() != null) {
                    seen.incrementAndGet();
                }
            };
            Thread one = start(producer);
            Thread other = start(producer);
            Thread consumer = start(() -> {
                if (rounds.get() > 0) {
                    rounds.decrementAndGet();
                    round.run();
                }
            });
            join(one, other, consumer);
            while (rounds.getAndDecrement() > 0) {
                round.run();
            }
            check(seen.get() == 2, "an offer was overlooked");
            check(wakeUp.request(), "a wake-up stays due though nobody will run");
        });
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
