package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRedaction;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The client-wide in-flight window: as many {@link Operation}s as may be under way at once, made when first
 * needed and used again for ever.
 *
 * <p>An empty pool is the client's backpressure, and because every queue beneath is at least as large as the pool, it is
 * the only place where a submission can be refused. Three ways to take an operation: {@link #tryAcquire} gives up at once
 * (direct face), {@link #acquire} parks the caller until its deadline (blocking face), {@link #acquireLater} calls back
 * (asynchronous face, bounded number of waiters).
 *
 * <p>Waiters are woken one per release and compete again with newcomers; a newcomer may therefore overtake. None is
 * forgotten: a waiter announces itself before its last look into the pool, a release looks for waiters after giving back.
 */
public final class OperationPool implements AutoCloseable {

    private static final int OPERATIONS_PER_SLAB = 64;

    private final int capacity;
    private final int slabBytes;
    private final ByteBufAllocator allocator;
    private final KeyRedaction redaction;
    private final MpmcVarHandleArrayQueue<Operation> free;
    private final List<ByteBuf> slabs = new ArrayList<>();
    private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiterCount = new AtomicInteger();
    private final AtomicLong largeBytes = new AtomicLong();
    private final long maxLargeBytes;
    private final int maxLaterWaiters;
    private int created;
    private volatile boolean closed;

    /**
     * Makes a pool without operations yet.
     *
     * @param capacity the window: how many operations at once, at least 1
     * @param slabBytes direct memory each operation owns for its request body; larger bodies are allocated
     * @param maxLargeBytes bytes of larger bodies at once; while it is used up, operations that need one are refused. One
     *     body is always let in, and callers that look at the same moment may pass together
     * @param maxLaterWaiters how many {@link #acquireLater} calls may wait
     * @param allocator where slabs and larger bodies come from
     * @param redaction how failures show keys
     */
    public OperationPool(
            int capacity,
            int slabBytes,
            long maxLargeBytes,
            int maxLaterWaiters,
            ByteBufAllocator allocator,
            KeyRedaction redaction) {
        this.capacity = capacity;
        this.maxLargeBytes = maxLargeBytes;
        this.slabBytes = slabBytes;
        this.maxLaterWaiters = maxLaterWaiters;
        this.allocator = allocator;
        this.redaction = redaction;
        this.free = new MpmcVarHandleArrayQueue<>(Math.max(2, Math.max(capacity, OPERATIONS_PER_SLAB)));
    }

    /**
     * Takes an operation if one is free.
     *
     * @param bodyBytes how large its request body will be
     * @return null when the window is full
     * @throws ClientClosedException when the client is closed
     */
    public @Nullable Operation tryAcquire(int bodyBytes) {
        if (bodyBytes > slabBytes && !largeBytesLeft(bodyBytes)) {
            return null;
        }
        Operation operation = free.poll();
        if (operation == null) {
            operation = closed ? null : grow();
        }
        if (closed) {
            refuse(operation);
        }
        return operation;
    }

    private boolean largeBytesLeft(int bodyBytes) {
        long used = largeBytes.get();
        return used == 0 || used + bodyBytes <= maxLargeBytes;
    }

    /** {@return how failures of its operations show keys} */
    KeyRedaction redaction() {
        return redaction;
    }

    /**
     * Counts the memory of bodies that are larger than a slab's slice.
     *
     * @param delta bytes allocated, or less than 0: given back
     */
    void countLargeBytes(int delta) {
        largeBytes.addAndGet(delta);
    }

    private void refuse(@Nullable Operation operation) {
        if (operation != null) {
            release(operation);
        }
        throw new ClientClosedException("the client is closed", FailureDetails.NONE, null);
    }

    private synchronized @Nullable Operation grow() {
        Operation other = free.poll();
        if (other != null || created == capacity || closed) {
            return other;
        }
        int count = Math.min(OPERATIONS_PER_SLAB, capacity - created);
        ByteBuf slab = allocator.directBuffer(count * slabBytes, count * slabBytes);
        slabs.add(slab);
        for (int i = 1; i < count; i++) {
            free.offer(new Operation(this, slab.slice(i * slabBytes, slabBytes), allocator));
        }
        created += count;
        return new Operation(this, slab.slice(0, slabBytes), allocator);
    }

    /**
     * Takes an operation, parking the caller while the window is full.
     *
     * @param bodyBytes how large its request body will be
     * @param deadlineNs when to give up, as {@link System#nanoTime()}
     * @return null when the deadline passed or the thread was interrupted (its flag stays set)
     */
    public @Nullable Operation acquire(int bodyBytes, long deadlineNs) {
        Operation operation = tryAcquire(bodyBytes);
        return operation != null ? operation : park(bodyBytes, deadlineNs);
    }

    private @Nullable Operation park(int bodyBytes, long deadlineNs) {
        Waiter waiter = new Waiter(Thread.currentThread(), null);
        try {
            while (true) {
                register(waiter);
                Operation operation = tryAcquire(bodyBytes);
                long leftNs = deadlineNs - System.nanoTime();
                if (operation != null || leftNs <= 0 || Thread.currentThread().isInterrupted()) {
                    return operation;
                }
                LockSupport.parkNanos(this, leftNs);
            }
        } finally {
            retire(waiter);
        }
    }

    /**
     * Asks for an operation when one becomes free. The callback is run by the thread that gave an operation back; it must
     * call {@link #tryAcquire} and, when that gives null, register again with {@link #acquireLater}.
     *
     * @param whenFree called once
     * @return false when too many wait already; the callback will not be called then
     */
    public boolean acquireLater(Runnable whenFree) {
        if (waiterCount.get() >= maxLaterWaiters) {
            return false;
        }
        register(new Waiter(null, whenFree));
        if (!free.isEmpty() || closed) {
            wakeOne();
        }
        return true;
    }

    private void register(Waiter waiter) {
        if (waiter.queued) {
            return;
        }
        waiter.queued = true;
        waiterCount.incrementAndGet();
        waiters.add(waiter);
    }

    private void retire(Waiter waiter) {
        if (waiters.remove(waiter)) {
            waiterCount.decrementAndGet();
        } else if (!free.isEmpty()) {
            wakeOne();
        }
    }

    /**
     * Gives an operation back and wakes one waiter.
     *
     * @param operation taken from this pool, and owned by the caller
     */
    void release(Operation operation) {
        free.offer(operation);
        VarHandle.fullFence();
        if (closed) {
            giveBack();
        }
        if (waiterCount.get() != 0) {
            wakeOne();
        }
    }

    private void wakeOne() {
        Waiter waiter = waiters.poll();
        if (waiter != null) {
            waiterCount.decrementAndGet();
            waiter.wake();
        }
    }

    /**
     * The size of the window.
     *
     * @return operations at most
     */
    public int capacity() {
        return capacity;
    }

    /**
     * How many operations are under way right now, give or take what changes meanwhile.
     *
     * @return 0 to {@link #capacity()}
     */
    public synchronized int inUse() {
        return created - free.size();
    }

    /** Refuses new operations from now on; those under way go on, waiters are told. */
    public void refuseNew() {
        closed = true;
        for (int left = waiterCount.get(); left > 0; left--) {
            wakeOne();
        }
    }

    /**
     * Gives the direct memory back. Slabs stay allocated until the last operation has come back, because something may still
     * read it.
     */
    @Override
    public void close() {
        refuseNew();
        giveBack();
    }

    private synchronized void giveBack() {
        if (created == free.size()) {
            slabs.forEach(ByteBuf::release);
            slabs.clear();
            free.clear();
            created = 0;
        }
    }

    /** A parked thread or a callback; {@code queued} is only touched by the waiting side and by who polled it. */
    private static final class Waiter {
        private final @Nullable Thread thread;
        private final @Nullable Runnable whenFree;
        private volatile boolean queued;

        Waiter(@Nullable Thread thread, @Nullable Runnable whenFree) {
            this.thread = thread;
            this.whenFree = whenFree;
        }

        void wake() {
            queued = false;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
            if (whenFree != null) {
                whenFree.run();
            }
        }
    }
}
