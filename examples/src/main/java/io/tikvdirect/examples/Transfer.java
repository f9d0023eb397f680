package io.tikvdirect.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.Snapshot;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Moves money between accounts from several threads. Whatever is read at one timestamp has the same sum: each transfer is
 * there as a whole, or not at all.
 */
public final class Transfer {
    private static final KeyRange ACCOUNTS = KeyRange.prefix("account/".getBytes(UTF_8));
    private static final int COUNT = 10;
    private static final int THREADS = 4;

    private Transfer() {}

    public static void main(String[] args) throws InterruptedException, ExecutionException {
        try (TikvClient client = TikvClient.open(Config.fromUri(args[0]))) {
            TransactionClient transactions = client.transactions();
            transactions.run(TransactionOptions.DEFAULT, txn -> {
                for (int i = 0; i < COUNT; i++) {
                    txn.put(account(i), amount(100));
                }
                return COUNT;
            });
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            try {
                List<Future<Integer>> workers = new ArrayList<>();
                for (int worker = 0; worker < THREADS; worker++) {
                    int first = worker;
                    workers.add(threads.submit(() -> transfers(transactions, first)));
                }
                int attempts = 0;
                for (Future<Integer> worker : workers) {
                    attempts += worker.get();
                    System.out.println("sum at a timestamp: " + sum(transactions));
                }
                System.out.println(
                        THREADS * COUNT + " transfers, tried again " + (attempts - THREADS * COUNT) + " times");
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** Does some transfers; gives how many attempts they took. */
    private static int transfers(TransactionClient transactions, int first) {
        int attempts = 0;
        for (int i = 0; i < COUNT; i++) {
            byte[] from = account((first + i) % COUNT);
            byte[] to = account((first * 3 + i * 7 + 1) % COUNT);
            // What the body throws or returns is what run() throws or returns; conflicts begin it anew
            attempts += transactions.run(TransactionOptions.PESSIMISTIC, txn -> {
                txn.put(from, amount(amount(txn.getForUpdate(from)) - 1));
                txn.put(to, amount(amount(txn.getForUpdate(to)) + 1));
                return txn.attempt();
            });
        }
        return attempts;
    }

    private static long sum(TransactionClient transactions) {
        Snapshot snapshot = transactions.snapshot(transactions.timestamp());
        long sum = 0;
        for (KvPair account : snapshot.scan(ACCOUNTS, ScanOptions.limit(COUNT))) {
            sum += amount(account.value());
        }
        return sum;
    }

    private static byte[] account(int number) {
        return ("account/" + number).getBytes(UTF_8);
    }

    private static byte[] amount(long amount) {
        return Long.toString(amount).getBytes(UTF_8);
    }

    /** Every account has been written before anybody asks for it. */
    private static long amount(byte @Nullable [] value) {
        return Long.parseLong(new String(Objects.requireNonNull(value), UTF_8));
    }
}
