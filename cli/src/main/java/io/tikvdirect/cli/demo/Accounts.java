package io.tikvdirect.cli.demo;

import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
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
 * Confined to the demo's thread, its transfers run on threads of their own. Money moves between a few accounts in
 * transactions, so that threads get into each other's way; in no snapshot may a unit be lost or made.
 */
final class Accounts {
    private static final int COUNT = 16;
    private static final long START_BALANCE = 1_000;
    private static final int THREADS = 8;
    private static final int SUM_EVERY = 16;
    private static final List<TransactionOptions> KINDS = List.of(
            TransactionOptions.DEFAULT,
            TransactionOptions.DEFAULT.withAsyncCommit(true),
            TransactionOptions.DEFAULT.withOnePhaseCommit(true));
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(10);

    private final TransactionClient client;
    private final Histogram nanos = new ConcurrentHistogram(LONGEST_NS, 3);
    private final AtomicLong transfers = new AtomicLong();
    private final AtomicLong conflicts = new AtomicLong();

    Accounts(TransactionClient client) {
        this.client = client;
    }

    /** Opens the accounts. */
    void open() {
        client.run(TransactionOptions.DEFAULT, txn -> {
            for (int i = 0; i < COUNT; i++) {
                txn.put(key(i), balance(START_BALANCE));
            }
            return true;
        });
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

    /** Reads all balances in one snapshot; fails if their sum has changed. */
    void verifySum() {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            keys.add(key(i));
        }
        List<byte @Nullable []> balances = client.snapshot(client.timestamp()).batchGet(keys);
        long sum = 0;
        for (int i = 0; i < COUNT; i++) {
            sum += amount(present(i, balances.get(i)));
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

    /** Transactions that had to begin anew because another thread was first. */
    long conflicts() {
        return conflicts.get();
    }

    /** Latencies of whole transfers in nanoseconds. */
    Histogram nanos() {
        return nanos;
    }

    private Void transferUntil(long endNs, SplittableRandom random) {
        for (int i = 0; System.nanoTime() - endNs < 0; i++) {
            int from = random.nextInt(COUNT);
            int to = (from + 1 + random.nextInt(COUNT - 1)) % COUNT;
            long amount = random.nextLong(1, 11);
            long startedNs = System.nanoTime();
            client.run(KINDS.get(i % KINDS.size()), txn -> transfer(txn, from, to, amount));
            transfers.incrementAndGet();
            nanos.recordValue(Math.min(System.nanoTime() - startedNs, LONGEST_NS));
            if (i % SUM_EVERY == 0) {
                verifySum();
            }
        }
        return null;
    }

    /** Moves what is there of an amount. */
    private boolean transfer(Transaction txn, int from, int to, long wanted) {
        if (txn.attempt() > 1) {
            conflicts.incrementAndGet();
        }
        long held = amount(present(from, txn.get(key(from))));
        long amount = Math.min(held, wanted);
        txn.put(key(from), balance(held - amount));
        txn.put(key(to), balance(amount(present(to, txn.get(key(to)))) + amount));
        return true;
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
