package io.tikvdirect.client.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.tikvdirect.client.internal.time.Punctuality;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeadlineTickTest {

    private final EventLoop loop = new DefaultEventLoop();

    @AfterEach
    void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void aSweepThatFailsIsFollowedByAnotherOne() throws Exception {
        Watched watched = new Watched(3);
        DeadlineTick tick = new DeadlineTick(loop, new Punctuality(), watched);
        loop.execute(() -> tick.watch(System.nanoTime()));
        assertThat(watched.sweeps.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoIsToldOfTicksMayFailToo() throws Exception {
        Watched watched = new Watched(2);
        watched.ticksFail.set(true);
        DeadlineTick tick = new DeadlineTick(loop, new Punctuality(), watched);
        loop.execute(() -> tick.watch(System.nanoTime()));
        assertThat(watched.sweeps.await(30, TimeUnit.SECONDS)).isTrue();
    }

    /** Something is under way for ever, and each sweep but the last one fails. */
    private static final class Watched implements DeadlineTick.Watched {
        private final CountDownLatch sweeps;
        private final AtomicBoolean ticksFail = new AtomicBoolean();

        Watched(int sweeps) {
            this.sweeps = new CountDownLatch(sweeps);
        }

        @Override
        public boolean isIdle() {
            return sweeps.getCount() == 0;
        }

        @Override
        public void onTick(long nowNs) {
            if (ticksFail.get()) {
                throw new IllegalStateException("a tick that fails");
            }
        }

        @Override
        public void sweep(long nowNs) {
            sweeps.countDown();
            if (sweeps.getCount() > 0) {
                throw new OutOfMemoryError("a sweep that fails");
            }
        }
    }
}
