package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.CircuitOpenException;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.RegionUnavailableException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.time.EarliestDeadline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Searches for regions that the table lacks, each of them once however many wait for it.
 *
 * <p>A <i>waiter</i> is one caller with its key and its deadline. A <i>load</i> is one request to PD and those who wait
 * for it. A new waiter joins a load that will probably bring its region, else it starts one, else, all slots being taken,
 * it parks. When a load ends, those whose region is in the table now are done; the others are placed again, after a pause
 * if nothing was gained. Nobody waits beyond his own deadline, and one who leaves disturbs nobody.
 *
 * <p>The table is asked again under this object's lock before a load starts, and a load enters its regions into the table
 * before it leaves the list of loads: so a caller who comes while a load ends finds either the region or the load.
 */
final class RegionLoader implements AutoCloseable {
    /** Requests to PD at once; the rest of PD's window is for others. */
    static final int MAX_LOADS = 32;
    /** Callers in flight are bounded already; this bounds those of background work too. */
    static final int MAX_WAITERS = 200_000;

    private static final long FIRST_PAUSE_MS = 2;
    private static final int MAX_DOUBLINGS = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<byte[], Load> loads = new TreeMap<>(Arrays::compareUnsigned);
    private final Set<Waiter> waiters = new LinkedHashSet<>();
    private final List<Waiter> parked = new ArrayList<>();
    private final RegionSearch search;
    private final Function<List<io.tikvdirect.proto.pdpb.Region>, CompletableFuture<Void>> entry;
    private final ScheduledExecutorService scheduler;
    private final EarliestDeadline deadlines;
    private boolean closed;

    /**
     * A loader without loads.
     *
     * @param search what to look for
     * @param entry puts what PD answered into the table
     * @param scheduler for pauses and deadlines
     */
    RegionLoader(
            final RegionSearch search,
            final Function<List<io.tikvdirect.proto.pdpb.Region>, CompletableFuture<Void>> entry,
            final ScheduledExecutorService scheduler) {
        this.search = search;
        this.entry = entry;
        this.scheduler = scheduler;
        this.deadlines = new EarliestDeadline(scheduler, this::expire);
    }

    /** The region of a key, from the table or through a search. */
    CompletableFuture<Region> load(final byte[] key, final long deadlineNs) {
        final Waiter waiter = new Waiter(key, deadlineNs);
        final Load started;
        lock.lock();
        try {
            final Region known = search.find(key);
            if (known != null) {
                return CompletableFuture.completedFuture(known);
            }
            final TikvException refusal = refusal();
            if (refusal != null) {
                return CompletableFuture.failedFuture(refusal);
            }
            waiters.add(waiter);
            started = place(waiter);
        } finally {
            lock.unlock();
        }
        final CompletableFuture<?> unused = waiter.whenComplete((region, failure) -> forget(waiter));
        deadlines.add(deadlineNs);
        start(started);
        return waiter;
    }

    private @Nullable TikvException refusal() {
        if (closed) {
            return new ClientClosedException("the client is closed", FailureDetails.NONE, null);
        }
        return waiters.size() < MAX_WAITERS
                ? null
                : new BackpressureException(
                        MAX_WAITERS + " calls wait for regions to be looked up", FailureDetails.NONE, null);
    }

    private void forget(final Waiter waiter) {
        lock.lock();
        try {
            waiters.remove(waiter);
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock: puts a waiter where its region will come from. Gives the load to start, if it needs a new one. */
    private @Nullable Load place(final Waiter waiter) {
        final byte[] underway = search.underway(loads.navigableKeySet(), waiter.key);
        final Load running = underway == null ? null : loads.get(underway);
        if (running != null) {
            running.waiters.add(waiter);
            return null;
        }
        if (loads.size() >= MAX_LOADS) {
            parked.add(waiter);
            return null;
        }
        final Load load = new Load(waiter.key, waiter.deadlineNs);
        load.waiters.add(waiter);
        loads.put(load.key, load);
        return load;
    }

    private void start(final @Nullable Load load) {
        if (load == null) {
            return;
        }
        final CompletableFuture<?> unused = CompletableFuture.completedFuture(waitersOf(load))
                .thenCompose(count -> search.ask(load.key, count, load.deadlineNs))
                .thenCompose(entry)
                .whenComplete((nothing, failure) -> finish(load, failure));
    }

    private int waitersOf(final Load load) {
        lock.lock();
        try {
            return load.waiters.size();
        } finally {
            lock.unlock();
        }
    }

    private void finish(final Load load, final @Nullable Throwable failure) {
        final TikvException cause = failure == null ? null : typed(failure);
        final boolean isFinal = cause != null && isFinal(cause);
        final List<Waiter> left = new ArrayList<>();
        final List<Runnable> done = new ArrayList<>();
        lock.lock();
        try {
            loads.remove(load.key);
            load.waiters.addAll(parked);
            parked.clear();
            for (final Waiter waiter : load.waiters) {
                waiter.settle(search.find(waiter.key), cause, isFinal, done, left);
            }
        } finally {
            lock.unlock();
        }
        final boolean gained = !done.isEmpty();
        done.forEach(Runnable::run);
        if (!left.isEmpty()) {
            placeAgain(left, gained);
        }
    }

    /** An open circuit breaker is there to be quick: nobody waits for it to close. */
    private static boolean isFinal(final TikvException cause) {
        return !cause.isRetryable() || cause instanceof CircuitOpenException;
    }

    private static TikvException typed(final Throwable failure) {
        final Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof TikvException known
                ? known
                : new PdUnavailableException("region look-up failed: " + cause, FailureDetails.NONE, cause);
    }

    private void placeAgain(final List<Waiter> left, final boolean gained) {
        if (gained) {
            placeAll(left);
            return;
        }
        final int rounds =
                left.stream().mapToInt(waiter -> ++waiter.rounds).max().orElse(1);
        final long pauseMs = FIRST_PAUSE_MS << Math.min(rounds - 1, MAX_DOUBLINGS);
        try {
            final var unused = scheduler.schedule(() -> placeAll(left), pauseMs, TimeUnit.MILLISECONDS);
        } catch (final RejectedExecutionException shutDown) {
            endAll(left, new ClientClosedException("the client is closed", FailureDetails.NONE, shutDown));
        }
    }

    private void placeAll(final List<Waiter> left) {
        final List<Load> started = new ArrayList<>();
        lock.lock();
        try {
            for (final Waiter waiter : left) {
                final Load load = closed || waiter.isDone() ? null : place(waiter);
                if (load != null) {
                    started.add(load);
                }
            }
        } finally {
            lock.unlock();
        }
        started.forEach(this::start);
    }

    private long expire(final long nowNs) {
        final List<Waiter> due = new ArrayList<>();
        long earliestNs = EarliestDeadline.NONE;
        lock.lock();
        try {
            for (final Waiter waiter : waiters) {
                if (waiter.deadlineNs - nowNs <= 0) {
                    due.add(waiter);
                } else if (earliestNs == EarliestDeadline.NONE || waiter.deadlineNs - earliestNs < 0) {
                    earliestNs = waiter.deadlineNs;
                }
            }
        } finally {
            lock.unlock();
        }
        due.forEach(Waiter::timeOut);
        return earliestNs;
    }

    private static void endAll(final Collection<Waiter> all, final TikvException failure) {
        all.forEach(waiter -> waiter.completeExceptionally(failure));
    }

    /** How many wait now. */
    int waiting() {
        lock.lock();
        try {
            return waiters.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        final List<Waiter> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(waiters);
            parked.clear();
        } finally {
            lock.unlock();
        }
        deadlines.close();
        endAll(all, new ClientClosedException("the client was closed during a look-up", FailureDetails.NONE, null));
    }

    /** Guarded by the loader's lock. One request to PD and who waits for it. */
    private static final class Load {
        private final byte[] key;
        private final long deadlineNs;
        private final List<Waiter> waiters = new ArrayList<>();

        Load(final byte[] key, final long deadlineNs) {
            this.key = key;
            this.deadlineNs = deadlineNs;
        }
    }

    /** Thread-safe. One caller. */
    private static final class Waiter extends CompletableFuture<Region> {
        private final byte[] key;
        private final long deadlineNs;
        private int rounds;
        private volatile @Nullable TikvException lastFailure;

        Waiter(final byte[] key, final long deadlineNs) {
            this.key = key.clone();
            this.deadlineNs = deadlineNs;
        }

        /** Decides, once a load has ended, whether this caller is done and how. */
        void settle(
                final @Nullable Region region,
                final @Nullable TikvException failure,
                final boolean isFinal,
                final List<Runnable> done,
                final List<Waiter> left) {
            lastFailure = failure;
            if (region != null) {
                done.add(() -> complete(region));
            } else if (failure != null && isFinal) {
                done.add(() -> completeExceptionally(failure));
            } else if (!isDone()) {
                left.add(this);
            }
        }

        void timeOut() {
            final TikvException last = lastFailure;
            completeExceptionally(last != null ? last : noRegion());
        }

        private TikvException noRegion() {
            final FailureDetails details =
                    FailureDetails.of("locate_region").attempts(rounds).build();
            if (rounds == 0) {
                return new PdUnavailableException(
                        "PD did not say where a key lives before the deadline", details, null);
            }
            return new RegionUnavailableException(
                    "PD named no usable region for the key (" + key.length + " bytes) before the deadline",
                    details,
                    null);
        }
    }
}
