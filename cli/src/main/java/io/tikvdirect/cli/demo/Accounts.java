package io.tikvdirect.cli.demo;

import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.client.raw.CasResult;
import io.tikvdirect.client.raw.RawClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Confined to the demo's thread, its transfers run on threads of their own. Money moves between a few accounts by
 * compare-and-swap, so that threads get into each other's way; at the end no unit may be lost or made.
 */
final class Accounts {
    private static final int COUNT = 16;
    private static final long START_BALANCE = 1_000;
    private static final int THREADS = 8;
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(10);

    private final RawClient raw;
    private final Histogram nanos = new ConcurrentHistogram(LONGEST_NS, 3);
    private final AtomicLong transfers = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();

    Accounts(RawClient raw) {
        this.raw = raw.with(raw.options().withAtomic(true));
    }

    /** Opens the accounts. */
    void open() {
        for (int i = 0; i < COUNT; i++) {
            raw.put(key(i), balance(START_BALANCE));
        }
    }

    /** Transfers from all threads for a while. */
    void transferFor(long durationNs, long seed) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        long endNs = System.nanoTime() + durationNs;
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            work.add(() -> transferUntil(endNs, random));
        }
        try {
            for (Future<Void> result : threads.invokeAll(work)) {
                result.get();
            }
        } catch (ExecutionException e) {
            throw new CommandFailedException("a transfer failed: " + e.getCause(), e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Reads all balances; fails if their sum has changed. */
    void verifySum() {
        long sum = 0;
        for (int i = 0; i < COUNT; i++) {
            sum += amount(read(i));
        }
        if (sum != expectedSum()) {
            throw new CommandFailedException(
                    "the accounts hold " + sum + " instead of " + expectedSum() + ": units were lost or made");
        }
    }

    long expectedSum() {
        return COUNT * START_BALANCE;
    }

    int count() {
        return COUNT;
    }

    long transfers() {
        return transfers.get();
    }

    /** Swaps that had to be tried again because another thread was first. */
    long conflicts() {
        return conflicts.get();
    }

    /** Latencies of whole transfers in nanoseconds. */
    Histogram nanos() {
        return nanos;
    }

    private Void transferUntil(long endNs, SplittableRandom random) {
        while (System.nanoTime() - endNs < 0) {
            int from = random.nextInt(COUNT);
            int to = (from + 1 + random.nextInt(COUNT - 1)) % COUNT;
            long startedNs = System.nanoTime();
            long amount = change(from, -1 - random.nextInt(10));
            if (amount != 0) {
                change(to, -amount);
                transfers.incrementAndGet();
                nanos.recordValue(Math.min(System.nanoTime() - startedNs, LONGEST_NS));
            }
        }
        return null;
    }

    /** Adds to an account by compare-and-swap; gives what was added, 0 if the account does not hold enough. */
    private long change(int account, long amount) {
        byte[] held = read(account);
        while (true) {
            long next = amount(held) + amount;
            if (next < 0) {
                return 0;
            }
            CasResult result = raw.compareAndSwap(key(account), held, balance(next));
            if (result.swapped()) {
                return amount;
            }
            conflicts.incrementAndGet();
            held = present(account, result.previous());
        }
    }

    private byte[] read(int account) {
        return present(account, raw.get(key(account)));
    }

    private static byte[] present(int account, byte @Nullable [] value) {
        if (value == null) {
            throw new CommandFailedException("account " + account + " has disappeared");
        }
        return value;
    }

    private static byte[] key(int account) {
        return String.format(Locale.ROOT, "account/%02d", account).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] balance(long amount) {
        return Long.toString(amount).getBytes(StandardCharsets.US_ASCII);
    }

    private static long amount(byte[] balance) {
        return Long.parseLong(new String(balance, StandardCharsets.US_ASCII));
    }
}
