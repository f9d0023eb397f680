package io.tikvdirect.client.internal.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EarliestDeadlineTest {
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
    private final ConcurrentSkipListSet<Long> waiting = new ConcurrentSkipListSet<>();
    private final AtomicInteger fired = new AtomicInteger();
    private final EarliestDeadline timer = new EarliestDeadline(scheduler, this::expire);

    private long expire(final long nowNs) {
        fired.incrementAndGet();
        waiting.headSet(nowNs, true).clear();
        return waiting.isEmpty() ? EarliestDeadline.NONE : waiting.first();
    }

    private void add(final Duration delay) {
        final long deadlineNs = System.nanoTime() + delay.toNanos();
        waiting.add(deadlineNs);
        timer.add(deadlineNs);
    }

    @AfterEach
    void close() {
        scheduler.shutdownNow();
    }

    @Test
    void everybodyIsEndedInWhateverOrderTheyCame() {
        for (int i = 50; i > 0; i--) {
            add(Duration.ofMillis(i));
            add(Duration.ofMillis(100 - i));
        }
        await().until(waiting::isEmpty);
    }

    @Test
    void manyWaitersNeedOneTimer() {
        scheduler.setRemoveOnCancelPolicy(true);
        for (int i = 0; i < 10_000; i++) {
            add(Duration.ofHours(1));
        }
        assertThat(scheduler.getQueue()).hasSize(1);
        timer.close();
        assertThat(scheduler.getQueue()).isEmpty();
        assertThat(fired).hasValue(0);
    }

    @Test
    void nobodyIsForgottenWhoComesWhileOthersAreEnded() throws InterruptedException {
        final var threads = Executors.newFixedThreadPool(2);
        for (int t = 0; t < 2; t++) {
            threads.execute(() -> {
                for (int i = 0; i < 5_000; i++) {
                    add(Duration.ofNanos(i % 100));
                }
            });
        }
        threads.shutdown();
        await().until(() -> threads.isTerminated() && waiting.isEmpty());
    }
}
