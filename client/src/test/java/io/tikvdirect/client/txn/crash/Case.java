package io.tikvdirect.client.txn.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.AsyncTransactionClient;
import io.tikvdirect.client.txn.KeyLockedException;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Snapshot;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Used by one thread. One transaction of the victim over some keys, and what a survivor finds of it. Of three keys the first
 * is put anew, the second exists and is deleted, the third is inserted; so a half of the transaction shows, whichever it is.
 */
final class Case {
    private static final byte[] OLD = bytes("old");
    /** A value that makes 300 mutations fill several requests. */
    private static final byte[] NEW = bytes("new".repeat(30));

    private final Clients clients;
    private final CommitKind kind;
    private final List<byte[]> keys;
    private final String what;
    private final AsyncTransaction transaction;
    private CompletableFuture<Timestamp> commit = new CompletableFuture<>();

    /** Prepares the keys and begins a transaction of the victim. */
    Case(Clients clients, CommitKind kind, List<byte[]> keys, TransactionOptions options, String what) {
        this(clients, clients.victim(), kind, keys, options, what);
    }

    /** Prepares the keys and begins a transaction. */
    Case(
            Clients clients,
            AsyncTransactionClient by,
            CommitKind kind,
            List<byte[]> keys,
            TransactionOptions options,
            String what) {
        this.clients = clients;
        this.kind = kind;
        this.keys = keys;
        this.what = kind + ", " + keys.size() + " mutations, " + what;
        if (keys.size() > 1) {
            clients.survivor().run(TransactionOptions.DEFAULT, txn -> {
                for (int i = 1; i < keys.size(); i += 3) {
                    txn.put(keys.get(i), OLD);
                }
                return null;
            });
        }
        transaction = begin(by, options);
    }

    /** Again when a busy machine misses the short deadline that is meant for the commit. */
    private static AsyncTransaction begin(AsyncTransactionClient by, TransactionOptions options) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsMatching(failure -> failure.getCause() instanceof TikvException)
                .until(() -> by.begin(options).toCompletableFuture().join(), begun -> true);
    }

    Fate fate() {
        return new Fate(clients.cluster(), transaction.startTimestamp().version());
    }

    /** Lets the victim lock, write and commit; does not wait for it. */
    void start() {
        CompletableFuture<?> locked = CompletableFuture.completedFuture(null);
        if (kind.options().pessimistic()) {
            locked = transaction.lock(keys, LockOptions.DEFAULT).toCompletableFuture();
        }
        commit = locked.thenCompose(unused -> {
            write();
            return transaction.commit();
        });
        var unused = commit.exceptionally(failed -> {
            transaction.rollback(); // does nothing unless the locks failed
            return null;
        });
    }

    private void write() {
        for (int i = 0; i < keys.size(); i++) {
            switch (i % 3) {
                case 0 -> transaction.put(keys.get(i), NEW);
                case 1 -> transaction.delete(keys.get(i));
                default -> transaction.insert(keys.get(i), NEW);
            }
        }
    }

    /** Whether the commit call has ended, whichever way. */
    boolean isDone() {
        return commit.isDone();
    }

    /** Waits for the end of the commit call; gives its failure, or null when it claims to have committed. */
    @Nullable
    TikvException outcome() {
        try {
            commit.orTimeout(60, TimeUnit.SECONDS).join();
            return null;
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof TikvException failure) {
                return failure;
            }
            throw failed;
        }
    }

    /** Reads all keys as of now, in two ways; tells whether the transaction is there, and fails on a half of it. */
    boolean isCommitted() {
        Snapshot now = clients.survivor().snapshot(clients.survivor().timestamp());
        boolean committed = classify(now.batchGet(keys));
        List<byte @Nullable []> oneByOne = new ArrayList<>();
        for (byte[] key : keys.subList(0, Math.min(4, keys.size()))) {
            oneByOne.add(now.get(key));
        }
        assertThat(classify(oneByOne))
                .as("%s: both reads of one snapshot", what)
                .isEqualTo(committed);
        return committed;
    }

    private boolean classify(List<byte @Nullable []> values) {
        int there = 0;
        for (int i = 0; i < values.size(); i++) {
            byte[] value = values.get(i);
            byte[] before = i % 3 == 1 ? OLD : null;
            byte[] after = i % 3 == 1 ? null : NEW;
            if (Arrays.equals(value, after)) {
                there++;
            } else {
                assertThat(value).as("%s: key %d", what, i).isEqualTo(before);
            }
        }
        assertThat(there).as("%s: all or nothing of %d", what, values.size()).isIn(0, values.size());
        return there > 0;
    }

    /** Another client locks the keys without waiting and overwrites them: nothing of the victim may be in its way. */
    void overwrite() {
        long untilNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!isOverwritten(untilNs)) {
            clients.outliveLocks(); // of a request that a busy machine has delivered later still
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        Snapshot now = clients.survivor().snapshot(clients.survivor().timestamp());
        assertThat(now.batchGet(keys)).as("%s: overwritten", what).allMatch(value -> Arrays.equals(value, OLD));
    }

    /** Again when locked: a client judges the life of locks by a time up to 50 ms old, which matters when clocks jump. */
    private boolean isOverwritten(long untilNs) {
        try (Transaction txn = clients.survivor().begin(TransactionOptions.PESSIMISTIC)) {
            txn.lock(keys, LockOptions.DEFAULT.noWait());
            keys.forEach(key -> txn.put(key, OLD));
            txn.commit();
            return true;
        } catch (KeyLockedException locked) {
            if (System.nanoTime() - untilNs > 0) {
                throw new AssertionError(what + ": what the victim left stays in the way of another client", locked);
            }
            return false;
        }
    }

    @Override
    public String toString() {
        return what;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
