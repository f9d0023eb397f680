package io.tikvdirect.client.txn;

import io.tikvdirect.client.KeyRange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Work on ranges of transactional keys, beside any transaction: garbage collection, deleting wholesale,
 * spreading regions. Calls block, until the deadline of their options.
 */
public interface Maintenance {

    /**
     * Collects garbage: versions that nobody can read at the safe point or later, and locks of transactions that began
     * before it. One program of the cluster should do it, every few minutes.
     *
     * <p>First no transaction may begin or read before the safe point any more, then old locks are removed everywhere, and
     * then stores are told; they remove versions when they find time. A barrier holds the safe point back.
     *
     * @param safePoint usually some ten minutes ago, see {@link TransactionClient#staleTimestamp}
     * @param options how the removal of locks is divided
     * @return the safe point that was reached: what was asked for, or the oldest barrier
     * @throws io.tikvdirect.client.UnsupportedFeatureException when this client sees a single keyspace and the safe point is
     *     one for the whole cluster
     */
    Timestamp collectGarbage(Timestamp safePoint, RangeOptions options);

    /**
     * Where garbage collection stands, as PD says now.
     *
     * @return safe points and barriers
     */
    SafePoints safePoints();

    /**
     * Keeps what can be read at a timestamp or later from garbage collection.
     *
     * @param name not empty and unique in the cluster; a barrier of that name that is there is taken over
     * @param timestamp not before the safe point
     * @param ttl how long it outlives this client when that dies, at least a second
     * @return a barrier that is renewed until it is closed
     */
    GcBarrier holdGarbage(String name, Timestamp timestamp, Duration ttl);

    /**
     * As {@link #holdGarbage}, but for all keyspaces of the cluster.
     *
     * @param name not empty and unique among such barriers; one of that name that is there is taken over
     * @param timestamp before no keyspace's safe point
     * @param ttl how long it outlives this client when that dies, at least a second
     * @return a barrier that is renewed until it is closed
     */
    GcBarrier holdGarbageEverywhere(String name, Timestamp timestamp, Duration ttl);

    /**
     * Removes all locks of transactions that are not younger than a timestamp, whether or not their time is over: those that
     * are not committed are rolled back.
     *
     * @param range of user keys
     * @param youngest start timestamp of the youngest such transaction
     * @param options how the work is divided
     * @return what was done
     */
    RangeReport removeLocks(KeyRange range, Timestamp youngest, RangeOptions options);

    /**
     * The transactions whose fate this client is finding out just now, because it met their locks.
     *
     * @return start timestamps, each with the timestamp of the read that met the lock, 0 for a write
     */
    Map<Timestamp, Timestamp> resolving();

    /**
     * Who waits for whose pessimistic locks now, as the stores tell (PES-06). A picture for a person: it is old when it
     * arrives.
     *
     * @return the oldest waiter first; locks of this client's key space only
     */
    List<LockWaiting> lockWaits();

    /**
     * Cuts a range into parts of so many regions and has them worked on, several at a time.
     *
     * @param name for the log
     * @param range of user keys
     * @param options how the work is divided
     * @param work what to do with each part
     * @return what was done; the first failure stops the whole
     */
    RangeReport forEachPart(String name, KeyRange range, RangeOptions options, RangeWork work);

    /**
     * Deletes all versions of all keys of a range, region by region and replicated like any write, without any transaction:
     * whoever reads there meanwhile sees some of it gone.
     *
     * @param range of user keys
     * @param options how the work is divided
     * @return what was done
     */
    RangeReport deleteRange(KeyRange range, RangeOptions options);

    /**
     * Tells those who watch the logs of stores that a range is going to be destroyed; deletes nothing.
     *
     * @param range of user keys
     * @param options how the work is divided
     * @return what was done
     */
    RangeReport announceDeletion(KeyRange range, RangeOptions options);

    /**
     * Removes the files of a range from every store at once, past replication, transactions and locks. For data that nobody
     * will ever read or write again; else replicas differ.
     *
     * @param range with both bounds
     */
    void unsafeDestroyRange(KeyRange range);

    /**
     * Asks PD to spread regions over the stores, and waits until it has. For those that {@link
     * TransactionClient#splitRegions} has made.
     *
     * @param regions ids
     * @param group regions of one group are spread evenly among themselves; null: no group
     * @param longest how long to wait (client-go: 120 s)
     * @return whether all are where PD wants them
     */
    boolean scatterRegions(List<Long> regions, @Nullable String group, Duration longest);

    /**
     * Whether PD is still spreading a region.
     *
     * @param region its id
     * @return false when it has ended, well or not, or never began
     */
    boolean isScattering(long region);
}
