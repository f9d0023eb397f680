package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRedaction;
import io.tikvdirect.client.internal.time.Punctuality;
import io.tikvdirect.transport.LastingBuffers;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
 * <p>Whoever gives an operation back serves the first waiter that can use it, which is not one that waits for memory of
 * which there is too little; a newcomer may overtake. None is forgotten: a waiter announces itself before its last look
 * into the pool, a release looks for waiters after giving back, and a waiter that was woken and leaves without need of
 * what it was woken for looks for the next one.
 */
public final class OperationPool implements AutoCloseable {
    private static final int OPERATIONS_PER_SLAB = 64;

    private final int capacity;
    private final int slabBytes;
    private final ByteBufAllocator allocator;
    private final KeyRedaction redaction;
    private final MpmcVarHandleArrayQueue<Operation> free;
    private final SpareBodies spareBodies;
    private final List<ByteBuf> slabs = new ArrayList<>();
    private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiterCount = new AtomicInteger();
    private final AtomicInteger laterCount = new AtomicInteger();
    private final Turns waiterTurns = new Turns(this::serve);
    private final AtomicLong largeBytes = new AtomicLong();
    private final long maxLargeBytes;
    private final int maxLaterWaiters;
    private final Punctuality punctuality;
    private volatile int created;
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
     * @param punctuality told of operations that fail after their deadline
     */
    public OperationPool(
            int capacity,
            int slabBytes,
            long maxLargeBytes,
            int maxLaterWaiters,
            ByteBufAllocator allocator,
            KeyRedaction redaction,
            Punctuality punctuality) {
        this.punctuality = punctuality;
        this.capacity = capacity;
        this.maxLargeBytes = maxLargeBytes;
        this.slabBytes = slabBytes;
        this.maxLaterWaiters = maxLaterWaiters;
        this.allocator = allocator;
        this.redaction = redaction;
        this.spareBodies = new SpareBodies(allocator);
        this.free = new MpmcVarHandleArrayQueue<>(Math.max(2, Math.max(capacity, OPERATIONS_PER_SLAB)));
    }

    /**
     * Takes an operation if one is free.
     *
     * @param bodyBytes how large its request body will be
     * @return null when the window is full; without direct memory for more operations it is as large as it was before
     * @throws ClientClosedException when the client is closed
     * @throws BackpressureException when there is no direct memory for a first operation
     */
    public @Nullable Operation tryAcquire(int bodyBytes) {
        if (!hasMemory(bodyBytes)) {
            return null;
        }
        Operation operation = free.poll();
        if (operation == null) {
            operation = closed || created == capacity ? null : grow();
        }
        if (closed) {
            refuse(operation);
        }
        return operation;
    }

    private boolean hasMemory(int bodyBytes) {
        if (bodyBytes <= slabBytes) {
            return true;
        }
        long used = largeBytes.get();
        return used == 0 || used + bodyBytes <= maxLargeBytes;
    }

    /** {@return how failures of its operations show keys} */
    KeyRedaction redaction() {
        return redaction;
    }

    Punctuality punctuality() {
        return punctuality;
    }

    /** {@return where bodies come from that are larger than a slab's slice} */
    SpareBodies spareBodies() {
        return spareBodies;
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
        throw closedFailure();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock, read without it
    private synchronized @Nullable Operation grow() {
        Operation other = free.poll();
        if (other != null || created == capacity || closed) {
            return other;
        }
        int count = Math.min(OPERATIONS_PER_SLAB, capacity - created);
        ByteBuf slab = newSlab(count);
        if (slab == null) {
            return null;
        }
        slabs.add(slab);
        for (int i = 1; i < count; i++) {
            free.offer(new Operation(this, part(slab, i), allocator));
        }
        created += count;
        return new Operation(this, part(slab, 0), allocator);
    }

    /**
     * An operation's part of a slab, with a view of its own. All slices of a buffer share one internal NIO buffer, by whose
     * position and limit Netty copies arrays where it has no {@code Unsafe} (JDK 24 and newer): two threads that write
     * their requests at once would write each other's.
     */
    private ByteBuf part(ByteBuf slab, int index) {
        return Unpooled.wrappedBuffer(slab.nioBuffer(index * slabBytes, slabBytes));
    }

    private @Nullable ByteBuf newSlab(int operations) {
        try {
            return LastingBuffers.take(allocator, operations * slabBytes, operations * slabBytes);
        } catch (OutOfMemoryError exhausted) {
            if (created == 0) {
                throw new BackpressureException("no direct memory for any operation", FailureDetails.NONE, exhausted);
            }
            return null;
        }
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
        Waiter waiter = new Waiter(bodyBytes, Thread.currentThread(), null);
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
            if (!leave(waiter)) {
                waiterTurns.take();
            }
        }
    }

    /**
     * Asks for an operation when one becomes free. The taker is called at most once, by this thread before this method
     * returns or by one that gives an operation back.
     *
     * @param bodyBytes how large its request body will be
     * @param taker takes the operation
     * @return what {@link #leave} needs to end the waiting; null when too many wait already, and the taker will not be
     *     called
     */
    public @Nullable Waiter acquireLater(int bodyBytes, Taker taker) {
        if (laterCount.incrementAndGet() > maxLaterWaiters) {
            laterCount.decrementAndGet();
            return null;
        }
        Waiter waiter = new Waiter(bodyBytes, null, taker);
        register(waiter);
        waiterTurns.take();
        return waiter;
    }

    private void register(Waiter waiter) {
        if (!waiter.queued) {
            waiter.queued = true;
            waiterCount.incrementAndGet();
            waiters.add(waiter);
        }
    }

    /**
     * Ends the waiting, for a reason of the waiter's own.
     *
     * @param waiter a waiter
     * @return false when it was served or refused before, or is being so
     */
    public boolean leave(Waiter waiter) {
        if (!waiters.remove(waiter)) {
            return false;
        }
        waiterCount.decrementAndGet();
        if (waiter.taker != null) {
            laterCount.decrementAndGet();
        }
        waiter.queued = false;
        return true;
    }

    /**
     * Gives an operation back and serves a waiter.
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
            waiterTurns.take();
        }
    }

    /**
     * Serves the first waiter that can use what there is; says whether to look again. A taker that gives its operation back at
     * once, because its call fails, comes back here.
     */
    private boolean serve() {
        if (closed) {
            refuseWaiters();
            return false;
        }
        for (Waiter waiter : waiters) {
            if (!hasMemory(waiter.bodyBytes)) {
                continue;
            }
            Thread parked = waiter.thread;
            if (parked == null) {
                return hand(waiter);
            }
            if (free.isEmpty() && created == capacity) {
                return false;
            }
            if (leave(waiter)) {
                LockSupport.unpark(parked);
                return false;
            }
        }
        return false;
    }

    private boolean hand(Waiter waiter) {
        Operation operation;
        try {
            operation = tryAcquire(waiter.bodyBytes);
        } catch (ClientClosedException | BackpressureException refused) {
            return closed; // all are refused then; without memory they are served later, or told at their deadline
        }
        if (operation == null) {
            return !free.isEmpty();
        }
        if (leave(waiter)) {
            Objects.requireNonNull(waiter.taker).take(operation);
        } else {
            release(operation);
        }
        return true;
    }

    private void refuseWaiters() {
        for (Waiter waiter : waiters) {
            if (leave(waiter)) {
                if (waiter.thread != null) {
                    LockSupport.unpark(waiter.thread);
                } else {
                    Objects.requireNonNull(waiter.taker).refused(closedFailure());
                }
            }
        }
    }

    private static ClientClosedException closedFailure() {
        return new ClientClosedException("the client is closed", FailureDetails.NONE, null);
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
        waiterTurns.take();
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
            spareBodies.releaseFree();
            free.clear();
            created = 0;
        }
    }

    /** Takes an operation that became free. Exactly one of its methods is called, once. */
    public interface Taker {

        /**
         * There is a place.
         *
         * @param operation now owned by the callee
         */
        void take(Operation operation);

        /**
         * There will be none, the client is closed.
         *
         * @param closed says so
         */
        void refused(ClientClosedException closed);
    }

    /** Thread-safe. A parked thread or a taker. {@code queued} is written by the waiting side and by who takes it out. */
    public static final class Waiter {
        private final int bodyBytes;
        private final @Nullable Thread thread;
        private final @Nullable Taker taker;
        private volatile boolean queued;

        private Waiter(int bodyBytes, @Nullable Thread thread, @Nullable Taker taker) {
            this.bodyBytes = bodyBytes;
            this.thread = thread;
            this.taker = taker;
        }
    }
}
