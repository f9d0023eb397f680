package io.tikvdirect.client.internal.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.KeyRedaction;
import io.tikvdirect.client.internal.memory.ClientMemory;
import io.tikvdirect.client.internal.time.Punctuality;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperationPoolTest {

    private static final int CAPACITY = 4;

    private final OperationPool pool = pool(PooledByteBufAllocator.DEFAULT);

    private static OperationPool pool(ByteBufAllocator allocator) {
        return new OperationPool(CAPACITY, 64, 1_000, 1, allocator, KeyRedaction.FULL, new Punctuality());
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

    /** Without {@code Unsafe} Netty copies arrays by position and limit of an internal buffer, which slices share. */
    @Test
    void threadsThatWriteTheirRequestsAtOnceDoNotMeet() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CAPACITY);
        try {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < CAPACITY; i++) {
                byte[] own = new byte[40];
                Arrays.fill(own, (byte) (i + 1));
                writers.add(threads.submit(() -> writeManyTimes(own)));
            }
            for (Future<Integer> writer : writers) {
                assertThat(writer.get(60, TimeUnit.SECONDS)).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** How often something else was read than was written. */
    private int writeManyTimes(byte[] own) {
        Operation operation = pool.acquire(0, in(30_000));
        byte[] read = new byte[own.length];
        int wrong = 0;
        for (int i = 0; i < 20_000; i++) {
            ByteBuf body = operation.newBody(own.length);
            body.writeBytes(own);
            body.getBytes(0, read);
            wrong += Arrays.equals(read, own) ? 0 : 1;
        }
        operation.release();
        return wrong;
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

    /** Counts what it is given, and does with it what the test wants. */
    private static OperationPool.Taker taker(AtomicInteger called, Consumer<Operation> then) {
        return new OperationPool.Taker() {
            @Override
            public void take(Operation operation) {
                called.incrementAndGet();
                then.accept(operation);
            }

            @Override
            public void refused(ClientClosedException closed) {
                called.addAndGet(1_000);
            }
        };
    }

    @Test
    void laterWaitersAreBoundedAndCalledWhenAPlaceIsFree() {
        List<Operation> taken = takeAll();
        AtomicInteger called = new AtomicInteger();
        assertThat(pool.acquireLater(0, taker(called, taken::add))).isNotNull();
        assertThat(pool.acquireLater(0, taker(called, taken::add))).isNull();
        taken.remove(0).release();
        assertThat(called).hasValue(1);
        taken.forEach(Operation::release);
        assertThat(pool.inUse()).isZero();
    }

    @Test
    void aWaiterThatHasLeftIsNotServedAndLeavesItsPlaceToAnother() {
        List<Operation> taken = takeAll();
        AtomicInteger called = new AtomicInteger();
        OperationPool.Waiter waiter = pool.acquireLater(0, taker(called, Operation::release));
        assertThat(pool.leave(waiter)).isTrue();
        assertThat(pool.leave(waiter)).isFalse();
        assertThat(pool.acquireLater(0, taker(called, Operation::release)))
                .as("its place among those who may wait is free again")
                .isNotNull();
        taken.forEach(Operation::release);
        assertThat(called).hasValue(1);
    }

    @Test
    void whoWaitsForMemoryDoesNotKeepOthersFromAFreePlace() {
        try (OperationPool two = new OperationPool(
                2, 64, 1_000, 8, PooledByteBufAllocator.DEFAULT, KeyRedaction.FULL, new Punctuality())) {
            Operation large = two.tryAcquire(5_000);
            large.newBody(5_000);
            Operation small = two.tryAcquire(0);
            AtomicInteger largeCalled = new AtomicInteger();
            AtomicInteger smallCalled = new AtomicInteger();
            List<Operation> given = new ArrayList<>();
            two.acquireLater(5_000, taker(largeCalled, given::add));
            two.acquireLater(0, taker(smallCalled, given::add));
            small.release();
            assertThat(largeCalled).as("there is no memory for it").hasValue(0);
            assertThat(smallCalled).hasValue(1);
            large.release();
            assertThat(largeCalled).hasValue(1);
            given.forEach(Operation::release);
        }
    }

    @Test
    void memoryThatOneGivesBackServesAllThatItSufficesFor() {
        try (OperationPool four = new OperationPool(
                4, 64, 1_000, 8, PooledByteBufAllocator.DEFAULT, KeyRedaction.FULL, new Punctuality())) {
            Operation large = four.tryAcquire(5_000);
            large.newBody(5_000);
            AtomicInteger called = new AtomicInteger();
            List<Operation> given = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                four.acquireLater(200, taker(called, operation -> {
                    operation.newBody(200);
                    given.add(operation);
                }));
            }
            assertThat(called).hasValue(0);
            large.release();
            assertThat(called).hasValue(3);
            given.forEach(Operation::release);
        }
    }

    @Test
    void waitersThatFailAtOnceDoNotDeepenTheStack() {
        int waiters = 50_000;
        try (OperationPool one = new OperationPool(
                1, 64, 1_000, waiters, PooledByteBufAllocator.DEFAULT, KeyRedaction.FULL, new Punctuality())) {
            Operation only = one.tryAcquire(0);
            AtomicInteger called = new AtomicInteger();
            for (int i = 0; i < waiters; i++) {
                one.acquireLater(0, taker(called, Operation::release));
            }
            only.release();
            assertThat(called).hasValue(waiters);
        }
    }

    @Test
    void closingTellsAllWhoWait() throws Exception {
        List<Operation> taken = takeAll();
        AtomicInteger called = new AtomicInteger();
        pool.acquireLater(0, taker(called, taken::add));
        ExecutorService executor = Executors.newSingleThreadExecutor();
        Future<?> parked = executor.submit(() -> pool.acquire(0, in(60_000)));
        pool.refuseNew();
        assertThat(called).hasValue(1_000);
        assertThatThrownBy(() -> parked.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(ClientClosedException.class);
        taken.forEach(Operation::release);
        executor.shutdownNow();
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

    /** All ways to wait at once, some give up, some need memory: everybody is served or has left, and all comes back. */
    @Test
    void nobodyIsForgottenWhateverTheOthersDo() throws Exception {
        int threads = 8;
        int rounds = Integer.getInteger("tikvdirect.pool.rounds", 3_000);
        try (OperationPool busy = new OperationPool(
                3, 64, 300, 1_000, PooledByteBufAllocator.DEFAULT, KeyRedaction.FULL, new Punctuality())) {
            ExecutorService executor = Executors.newFixedThreadPool(threads);
            AtomicInteger promised = new AtomicInteger();
            AtomicInteger served = new AtomicInteger();
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                SplittableRandom random = new SplittableRandom(t);
                done.add(executor.submit(() -> {
                    for (int i = 0; i < rounds; i++) {
                        useOnce(busy, random, promised, served);
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get(120, TimeUnit.SECONDS);
            }
            executor.shutdown();
            assertThat(served).hasValue(promised.get());
            assertThat(busy.inUse()).isZero();
        }
    }

    private static void useOnce(
            OperationPool busy, SplittableRandom random, AtomicInteger promised, AtomicInteger served) {
        int bytes = random.nextInt(3) == 0 ? 100 + random.nextInt(200) : 10;
        if (random.nextBoolean()) {
            promised.incrementAndGet();
            OperationPool.Waiter waiter = busy.acquireLater(bytes, taker(served, operation -> {
                operation.newBody(bytes);
                operation.release();
            }));
            if (random.nextInt(4) == 0 && busy.leave(waiter)) {
                promised.decrementAndGet();
            }
            return;
        }
        boolean patient = random.nextInt(4) != 0;
        Operation operation = busy.acquire(bytes, patient ? in(60_000) : System.nanoTime() + random.nextInt(50_000));
        if (operation != null) {
            operation.newBody(bytes);
            operation.release();
        } else {
            assertThat(patient).as("waited a minute in vain").isFalse();
        }
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
