package io.tikvdirect.client.txn;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The front door of transactions; blocking.
 *
 * <pre>{@code
 * client.transactions().run(TransactionOptions.DEFAULT, txn -> {
 *     byte[] balance = txn.get(account);
 *     txn.put(account, add(balance, 10));
 *     return null;
 * });
 * }</pre>
 */
public interface TransactionClient {

    /**
     * A timestamp of the oracle.
     *
     * @return larger than every one given out before
     */
    Timestamp timestamp();

    /**
     * A timestamp that the oracle gave out within the last two seconds ({@code tso.low-resolution}), mostly without asking
     * it (TSO-03). Good for judging age, not for reading what was just written.
     *
     * @return a recent timestamp
     */
    Timestamp lowResolutionTimestamp();

    /**
     * The timestamp of a moment in the past, from the time of {@link #lowResolutionTimestamp()} (TSO-04).
     *
     * @param ago how long before now
     * @return its physical part is now less {@code ago}
     */
    Timestamp staleTimestamp(Duration ago);

    /**
     * Up to where stores serve stale reads by themselves, as they said within the last two seconds (TSO-07). It only grows.
     *
     * @param storeLabels of the stores that count, for reads that go there; empty: all stores
     * @return 0 when a store has not said anything yet
     */
    Timestamp safeTimestamp(Map<String, String> storeLabels);

    /**
     * The least timestamp that the oracles of all groups of keyspaces would give out now (TSO-05).
     *
     * @return good for comparing, not for beginning a transaction with
     */
    Timestamp minTimestamp();

    /**
     * The timestamp that somebody has set for readers of the cluster, for instance of one that is replicated into (TSO-05).
     *
     * @return 0 when nobody has
     */
    Timestamp externalTimestamp();

    /**
     * Sets that timestamp.
     *
     * @param timestamp larger than the one before, and not in the future
     * @throws io.tikvdirect.client.ServerException when PD refuses it
     */
    void setExternalTimestamp(Timestamp timestamp);

    /**
     * Begins a transaction with {@link TransactionOptions#DEFAULT}.
     *
     * @return to be committed, rolled back or closed
     */
    Transaction begin();

    /**
     * Begins a transaction.
     *
     * @param options how it behaves
     * @return to be committed, rolled back or closed
     */
    Transaction begin(TransactionOptions options);

    /**
     * Begins a transaction that reads the state of a given moment.
     *
     * @param options how it behaves
     * @param start start timestamp, given out by the oracle and used for no other transaction; not that of a commit, which
     *     may be another transaction's start, and stores take two transactions with one start for the same
     * @return to be committed, rolled back or closed
     */
    Transaction begin(TransactionOptions options, Timestamp start);

    /**
     * Runs a body in a transaction and commits it; begins anew with a later start when that fails because of other
     * transactions (write conflict, deadlock, a lock that stays, rolled back by others), for {@link
     * TransactionOptions#retryFor()}. Never when the commit is undetermined, and never for what the body throws by
     * itself.
     *
     * @param options how it behaves
     * @param body what to do, maybe several times
     * @param <T> what it gives
     * @return what the body gave the time it was committed
     */
    <T extends @Nullable Object> T run(TransactionOptions options, TransactionBody<T> body);

    /**
     * The state at a timestamp.
     *
     * @param timestamp given out by the oracle, or {@link Timestamp#LATEST}
     * @return a snapshot; costs nothing until it is read
     */
    Snapshot snapshot(Timestamp timestamp);

    /**
     * Makes keys the first of a region, as {@link io.tikvdirect.client.TikvClient#splitRegions} does for raw keys.
     *
     * @param keys none empty; those at which a region begins already are left as they are
     * @return ids of the new regions
     */
    List<Long> splitRegions(List<byte[]> keys);

    /**
     * Work on ranges of keys beside any transaction: garbage collection, deleting wholesale, spreading regions.
     *
     * @return the same object always
     */
    Maintenance maintenance();

    /**
     * Waits for what goes on after transactions have ended: committing their other keys, removing locks. Nothing depends
     * on it, whoever meets such a lock deals with it; but a program that ends, or a test, may want to leave none.
     *
     * @param longest how long to wait
     * @return false when the time was over, or the thread interrupted, before all was done
     */
    boolean awaitBackground(Duration longest);

    /**
     * The asynchronous face.
     *
     * @return over the same engine
     */
    AsyncTransactionClient async();
}
