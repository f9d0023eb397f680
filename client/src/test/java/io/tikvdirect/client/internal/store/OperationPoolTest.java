package io.tikvdirect.client.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.KeyRedaction;
import io.tikvdirect.client.internal.memory.ClientMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperationPoolTest {

    private static final int CAPACITY = 4;

    private final OperationPool pool = pool(PooledByteBufAllocator.DEFAULT);

    private static OperationPool pool(ByteBufAllocator allocator) {
        return new OperationPool(CAPACITY, 64, 1_000, 1, allocator, KeyRedaction.FULL);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private static long in(long millis) {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void givesAsManyAsTheWindowHasAndNoMore() {
        List<Operation> taken = new ArrayList<>();
        for (int i = 0; i < CAPACITY; i++) {
            taken.add(pool.tryAcquire(0));
        }
        assertThat(taken).doesNotContainNull().doesNotHaveDuplicates();
        assertThat(pool.tryAcquire(0)).isNull();
        assertThat(pool.inUse()).isEqualTo(CAPACITY);
        taken.forEach(Operation::release);
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void anOperationThatComesBackAfterTheCloseGivesTheMemoryBack() {
        ClientMemory memory = new ClientMemory(1);
        OperationPool closing = pool(memory);
        Operation late = closing.tryAcquire(0);
        closing.close();
        memory.close();
        assertThat(memory.reservedBytes()).isPositive();
        late.release();
        assertThat(memory.reservedBytes()).isZero();
    }

    @Test
    void aFullWindowMakesACallerWaitUntilItsDeadline() {
        List<Operation> taken = takeAll();
        assertThat(pool.acquire(0, in(20))).isNull();
        taken.forEach(Operation::release);
    }

    private List<Operation> takeAll() {
        List<Operation> taken = new ArrayList<>();
        for (int i = 0; i < CAPACITY; i++) {
            taken.add(pool.tryAcquire(0));
        }
        return taken;
    }

    @Test
    void aReleaseWakesTheThreadThatWaits() throws Exception {
        List<Operation> taken = takeAll();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        Future<Operation> waiting = executor.submit(() -> pool.acquire(0, in(30_000)));
        taken.remove(0).release();
        waiting.get(30, TimeUnit.SECONDS).release();
        taken.forEach(Operation::release);
        executor.shutdownNow();
    }

    @Test
    void anInterruptEndsTheWaitingAndKeepsTheFlag() {
        List<Operation> taken = takeAll();
        Thread.currentThread().interrupt();
        assertThat(pool.acquire(0, in(30_000))).isNull();
        assertThat(Thread.interrupted()).isTrue();
        taken.forEach(Operation::release);
    }

    @Test
    void laterWaitersAreBoundedAndCalledWhenAPlaceIsFree() {
        List<Operation> taken = takeAll();
        AtomicInteger called = new AtomicInteger();
        assertThat(pool.acquireLater(called::incrementAndGet)).isTrue();
        assertThat(pool.acquireLater(called::incrementAndGet)).isFalse();
        taken.remove(0).release();
        await().untilAsserted(() -> assertThat(called).hasValue(1));
        taken.forEach(Operation::release);
    }

    @Test
    void largeBodiesAreBoundedByBytesButOneAlwaysGoes() {
        Operation first = pool.tryAcquire(5_000);
        ByteBuf body = first.newBody(5_000);
        assertThat(body.writableBytes()).isGreaterThanOrEqualTo(5_000);
        assertThat(pool.tryAcquire(100)).isNull();
        assertThat(pool.tryAcquire(10))
                .as("a small body needs no such memory")
                .isNotNull()
                .satisfies(Operation::release);
        first.release();
        Operation next = pool.tryAcquire(100);
        assertThat(next).isNotNull();
        next.release();
    }

    @Test
    void aCancelMeantForAnEarlierUseDoesNothing() {
        Operation operation = pool.tryAcquire(0);
        int old = operation.generation();
        operation.release();
        List<Operation> taken = takeAll();
        Operation again = taken.get(taken.indexOf(operation));
        again.cancel(old);
        assertThat(again.isCancelled()).isFalse();
        again.cancel(again.generation());
        assertThat(again.isCancelled()).isTrue();
        taken.forEach(Operation::release);
    }

    @Test
    void aClosedPoolRefuses() {
        pool.refuseNew();
        assertThatThrownBy(() -> pool.tryAcquire(0)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void manyThreadsNeverShareAnOperationAndNobodyIsForgotten() throws Exception {
        int threads = 16;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        AtomicInteger inUse = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            done.add(executor.submit(() -> {
                for (int i = 0; i < 500; i++) {
                    Operation operation = pool.acquire(0, in(60_000));
                    most.accumulateAndGet(inUse.incrementAndGet(), Math::max);
                    operation.slot(i);
                    assertThat(operation.slot()).isEqualTo(i);
                    inUse.decrementAndGet();
                    operation.release();
                }
                return null;
            }));
        }
        for (Future<?> each : done) {
            each.get(60, TimeUnit.SECONDS);
        }
        assertThat(most.get()).isLessThanOrEqualTo(CAPACITY);
        executor.shutdownNow();
    }
}
