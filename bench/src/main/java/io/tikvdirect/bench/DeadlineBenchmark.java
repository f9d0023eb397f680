package io.tikvdirect.bench;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2ObjectHashMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What keeping deadlines costs per operation: Agrona's wheel with a timer for each operation, against the earliest deadline
 * and a sweep through the in-flight table, which is what the client does.
 *
 * <p>Time is played: every operation takes one step of the clock, the oldest operation is answered and a new one sent, so
 * that always {@code inFlight} are under way; every 10 ms the tick runs. At {@code stepNs=1000} that is a million operations
 * a second. The result includes the tick's share.
 */
@SuppressWarnings("NullAway.Init") // set up by JMH
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
public class DeadlineBenchmark {

    private static final long TICK_NS = 10_000_000;
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(20);

    /** Operations under way. */
    @Param({"16", "256", "4096", "65536"})
    public int inFlight;

    /** Played time between two operations. */
    @Param({"1000", "10000"})
    public long stepNs;

    /** Which deadlines the operations have. */
    @Param({"LONG", "ONE_SHORT", "MIXED", "EXPIRING"})
    public Deadlines deadlines;

    /** Which deadlines operations have. */
    public enum Deadlines {
        /** All of them 20 s, all answered. */
        LONG,
        /** One in a thousand a little more than its answer takes, the rest 20 s; all answered. */
        ONE_SHORT,
        /** Half of them anything from a little more than the answer takes to a second, the rest 20 s; all answered. */
        MIXED,
        /** As MIXED, and one in a hundred is never answered and expires after 20 ms. */
        EXPIRING
    }

    /** The one that is measured. */
    @Param({"WHEEL", "SWEEP"})
    public Kind kind;

    private Keeper keeper;

    /** How deadlines are kept. */
    public enum Kind {
        /** A timer for each operation. */
        WHEEL,
        /** The earliest deadline and a sweep. */
        SWEEP
    }

    /** Fills up to the number in flight. */
    @Setup(Level.Iteration)
    public void fill() {
        keeper = kind == Kind.WHEEL ? new Wheel(this) : new Sweep(this);
        for (int i = 0; i < inFlight; i++) {
            keeper.send();
        }
    }

    /** {@return operations expired so far} */
    @Benchmark
    public long operation() {
        return keeper.step();
    }

    /** Confined to its thread. One operation. */
    private static final class Operation {
        private long id;
        private long deadlineNs;
        private long timer;
        private boolean isLost;
        private boolean ended;
    }

    /** Confined to its thread. Sends and answers operations, oldest first. */
    private abstract static class Keeper {
        private final ArrayDeque<Operation> underway = new ArrayDeque<>();
        private final ArrayDeque<Operation> free = new ArrayDeque<>();
        private final Deadlines deadlines;
        private final long stepNs;
        private final long answerNs;
        private long random = 42;
        private long nextTickNs = TICK_NS;
        long nowNs;
        long expired;

        Keeper(DeadlineBenchmark parameters) {
            deadlines = parameters.deadlines;
            stepNs = parameters.stepNs;
            answerNs = parameters.inFlight * parameters.stepNs;
        }

        final long step() {
            nowNs += stepNs;
            Operation oldest = underway.poll();
            if (oldest.ended) {
                free.add(oldest);
            } else if (oldest.isLost) {
                underway.add(oldest);
            } else {
                end(oldest);
                free.add(oldest);
            }
            send();
            if (nowNs >= nextTickNs) {
                nextTickNs = nowNs + TICK_NS;
                tick();
            }
            return expired;
        }

        final void send() {
            Operation operation = free.poll();
            if (operation == null) {
                operation = new Operation();
            }
            operation.ended = false;
            operation.isLost = deadlines == Deadlines.EXPIRING && next(100) == 0;
            operation.deadlineNs = nowNs + (operation.isLost ? 2 * TICK_NS : timeoutNs());
            underway.add(operation);
            begin(operation);
        }

        private long timeoutNs() {
            long shortestNs = 2 * answerNs + 2 * TICK_NS;
            return switch (deadlines) {
                case LONG -> LONG_NS;
                case ONE_SHORT -> next(1_000) == 0 ? shortestNs : LONG_NS;
                case MIXED, EXPIRING -> next(2) == 0 ? LONG_NS : shortestNs + next(1_000) * 1_000_000L;
            };
        }

        private int next(int bound) {
            random = random * 6364136223846793005L + 1442695040888963407L;
            return (int) ((random >>> 33) % bound);
        }

        abstract void begin(Operation operation);

        abstract void end(Operation operation);

        abstract void tick();
    }

    /** Confined to its thread. A timer for each operation. */
    private static final class Wheel extends Keeper {
        private static final long RESOLUTION_NS = 1L << 23;
        private static final int TICKS = 4_096;
        private static final int MOST_PER_POLL = Integer.MAX_VALUE;

        private final DeadlineTimerWheel timers = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, 0, RESOLUTION_NS, TICKS);
        private final Long2ObjectHashMap<Operation> byTimer = new Long2ObjectHashMap<>();
        private final DeadlineTimerWheel.TimerHandler onExpiry = this::expire;

        Wheel(DeadlineBenchmark parameters) {
            super(parameters);
        }

        @Override
        void begin(Operation operation) {
            operation.timer = timers.scheduleTimer(operation.deadlineNs);
            byTimer.put(operation.timer, operation);
        }

        @Override
        void end(Operation operation) {
            timers.cancelTimer(operation.timer);
            byTimer.remove(operation.timer);
        }

        @Override
        void tick() {
            int fired;
            do {
                // without a timer to fire, a poll moves on by one tick of the wheel
                fired = timers.poll(nowNs, onExpiry, MOST_PER_POLL);
            } while (fired > 0 || timers.currentTickTime() + RESOLUTION_NS < nowNs);
        }

        private boolean expire(TimeUnit unit, long now, long timer) {
            byTimer.remove(timer).ended = true;
            expired++;
            return true;
        }
    }

    /** Confined to its thread. The earliest deadline, and a sweep when it has passed. */
    private static final class Sweep extends Keeper {
        private final Operation[] slots;
        private final int mask;
        private long nextId = 1;
        private int size;
        private long earliestNs = Long.MAX_VALUE;

        Sweep(DeadlineBenchmark parameters) {
            super(parameters);
            // what the client has for a window of that size, at least its default window
            slots = new Operation[Integer.highestOneBit(Math.max(16_384, parameters.inFlight) - 1) << 2];
            mask = slots.length - 1;
        }

        @Override
        void begin(Operation operation) {
            long id = nextId;
            while (slots[(int) id & mask] != null) {
                id++;
            }
            slots[(int) id & mask] = operation;
            operation.id = id;
            nextId = id + 1;
            size++;
            earliestNs = Math.min(earliestNs, operation.deadlineNs);
        }

        @Override
        void end(Operation operation) {
            slots[(int) operation.id & mask] = null;
            size--;
        }

        @Override
        void tick() {
            if (nowNs < earliestNs) {
                return;
            }
            earliestNs = Long.MAX_VALUE;
            int left = size;
            for (int slot = 0; left > 0; slot++) {
                Operation operation = slots[slot];
                if (operation != null) {
                    left--;
                    if (nowNs >= operation.deadlineNs) {
                        end(operation);
                        operation.ended = true;
                        expired++;
                    } else {
                        earliestNs = Math.min(earliestNs, operation.deadlineNs);
                    }
                }
            }
        }
    }
}
