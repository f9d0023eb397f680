package io.tikvdirect.embedded.internal.txn;

import io.tikvdirect.embedded.internal.mvcc.KeyRecord;
import io.tikvdirect.embedded.internal.mvcc.MvccSpace;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.txn.Workspace.Released;
import io.tikvdirect.proto.deadlock.WaitForEntry;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Runs transactional commands one after the other, each on all of its keys at once, and wakes who waits for
 * the locks that they release. A wait holds no thread: its answer is given later, by whoever releases the lock or by the
 * timer. Waits end by the cluster's clock, which the timer looks at while somebody waits.
 */
public final class TxnEngine implements LockWaitQueues.Wakening {
    private static final Logger LOG = LoggerFactory.getLogger(TxnEngine.class);
    private static final long TICK_MS = 5;

    /** What a command does. */
    @FunctionalInterface
    public interface Work<R> {
        R run(Workspace space) throws TxnException;
    }

    private final MvccSpace space;
    private final InstantSource clock;
    private final ScheduledExecutorService timer;
    private final MaxTs maxTs = new MaxTs();
    private final CommittedTxns committed = new CommittedTxns();
    private final LockWaitQueues queues = new LockWaitQueues(this);
    /** Answers to be given after the write lock is let go; guarded by it. */
    private List<Runnable> answers = new ArrayList<>();

    private boolean ticking;
    private volatile long safePoint;

    /** An engine over {@code space}; waits end by {@code clock}, at which {@code timer} looks. */
    public TxnEngine(MvccSpace space, InstantSource clock, ScheduledExecutorService timer) {
        this.space = space;
        this.clock = clock;
        this.timer = timer;
    }

    /** The keys. */
    public MvccSpace space() {
        return space;
    }

    /** The largest timestamp read at. */
    public MaxTs maxTs() {
        return maxTs;
    }

    /** Nobody reads below {@code ts} any more: what only such readers saw goes when its key is written next. */
    public void collectBelow(long ts) {
        safePoint = ts;
    }

    CommittedTxns committed() {
        return committed;
    }

    /** Runs a command on keys of {@code region}; a refused one changes nothing. */
    public <R> R write(Region region, Work<R> work) throws TxnException {
        List<Runnable> due;
        R result;
        space.writing().lock();
        try {
            result = attempt(region, work);
        } finally {
            due = takeAnswers();
            space.writing().unlock();
        }
        due.forEach(Runnable::run);
        return result;
    }

    /** Runs a command that chooses a commit timestamp: reads that could change the choice wait until it is published. */
    <R> R writeChoosing(Region region, Work<R> work) throws TxnException {
        List<Runnable> due;
        R result;
        space.writing().lock();
        try {
            result = maxTs.whileFrozen(() -> attempt(region, work));
        } finally {
            due = takeAnswers();
            space.writing().unlock();
        }
        due.forEach(Runnable::run);
        return result;
    }

    private <R> R attempt(Region region, Work<R> work) throws TxnException {
        Workspace workspace = new Workspace(space.now(), region, maxTs, safePoint);
        R result = work.run(workspace);
        publish(workspace);
        return result;
    }

    /** Takes pessimistic locks, at once or when they are free; {@code answer} is called exactly once, on any thread. */
    public void lock(PessimisticCommand command, Consumer<PessimisticLockResponse> answer) throws TxnException {
        PessimisticCommand.Outcome outcome = write(command.region(), workspace -> {
            PessimisticCommand.Outcome tried = command.run(workspace);
            PessimisticCommand.Blocked blocked = tried.blocked();
            return blocked == null ? tried : await(command, blocked, answer);
        });
        PessimisticLockResponse response = outcome.response();
        if (response != null) {
            answer.accept(response);
        }
    }

    /** Begins a wait, unless it would close a circle of waits: that is the answer then. */
    private PessimisticCommand.Outcome await(
            PessimisticCommand command, PessimisticCommand.Blocked blocked, Consumer<PessimisticLockResponse> answer) {
        long deadlineMs = clock.millis() + command.waitMs();
        LockWaiter waiter = new LockWaiter(command, blocked.asked(), queues.nextNumber(), deadlineMs, answer);
        try {
            queues.begin(waiter, blocked.holder());
        } catch (TxnException deadlock) {
            return new PessimisticCommand.Outcome(new PessimisticAnswer(command.options()).failed(deadlock), null);
        }
        keepTicking();
        return new PessimisticCommand.Outcome(null, blocked);
    }

    private void publish(Workspace workspace) {
        if (!workspace.changes().isEmpty()) {
            space.publish(workspace.changes());
        }
        if (queues.isEmpty()) {
            return;
        }
        for (TxnKey key : workspace.acquired()) {
            queues.onAcquired(key, holder(key));
        }
        long nowMs = clock.millis();
        for (Released released : workspace.released()) {
            queues.onReleased(released, nowMs);
        }
    }

    private LockInfo holder(TxnKey key) {
        KeyRecord record = space.now().get(key.stored());
        return record.lock() == null
                ? LockInfo.getDefaultInstance()
                : record.lock().info(key.user());
    }

    private List<Runnable> takeAnswers() {
        List<Runnable> due = answers;
        answers = due.isEmpty() ? due : new ArrayList<>();
        return due.isEmpty() ? List.of() : due;
    }

    @Override
    public void refuse(LockWaiter waiter, TxnException why) {
        answer(waiter, new PessimisticAnswer(waiter.options).failed(why));
    }

    private void answer(LockWaiter waiter, PessimisticLockResponse response) {
        answers.add(() -> waiter.answer.accept(response));
    }

    @Override
    public boolean resume(LockWaiter waiter) {
        Error moved = waiter.command.regionError();
        if (moved != null) {
            answer(
                    waiter,
                    PessimisticLockResponse.newBuilder().setRegionError(moved).build());
            return true;
        }
        Workspace workspace = new Workspace(space.now(), waiter.command.region(), maxTs, safePoint);
        try {
            PessimisticAnswer answer = new PessimisticAnswer(waiter.options);
            answer.add(new PessimisticLocks(workspace, waiter.options, waiter.key, waiter.mustNotExist, waiter.isShared)
                    .acquire());
            publish(workspace);
            answer(waiter, answer.locked());
        } catch (TxnException refused) {
            switch (refused.kind()) {
                case LOCKED, SHARED_AND_OPEN -> {
                    return false;
                }
                default -> refuse(waiter, refused);
            }
        }
        return true;
    }

    /** All waits of this moment. */
    public List<WaitForEntry> waits() {
        space.writing().lock();
        try {
            return queues.entries();
        } finally {
            space.writing().unlock();
        }
    }

    private void keepTicking() {
        if (!ticking) {
            ticking = true;
            schedule();
        }
    }

    private void schedule() {
        try {
            ScheduledFuture<?> unused = timer.schedule(this::tick, TICK_MS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            LOG.debug("lock waits are dropped, the cluster is closing", closing);
        }
    }

    private void tick() {
        List<Runnable> due;
        space.writing().lock();
        try {
            queues.onTime(clock.millis());
        } catch (RuntimeException defect) {
            LOG.error("ending lock waits failed", defect);
        } finally {
            ticking = !queues.isEmpty();
            if (ticking) {
                schedule();
            }
            due = takeAnswers();
            space.writing().unlock();
        }
        due.forEach(Runnable::run);
    }
}
