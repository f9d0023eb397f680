package io.tikvdirect.client.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Not thread-safe: used by one thread at a time, and by no other while a call is under way. Reads the state at its start
 * timestamp, overlaid with its own writes; writes stay in direct memory of the client until {@link #commit()} makes all
 * of them visible at once, or none.
 *
 * <p>Ends by {@link #commit()}, {@link #rollback()} or {@link #close()}; afterwards every method but {@code close} and {@link #commitMode()} throws
 * {@link IllegalStateException}.
 *
 * <p>An optimistic transaction finds out at commit whether another one was faster ({@link WriteConflictException}). A
 * pessimistic one can {@link #lock} keys first; then nobody is faster. Keys it writes without having locked them are
 * checked as in an optimistic one.
 */
public interface Transaction extends AutoCloseable {

    /**
     * The state that is read.
     *
     * @return the start timestamp, which also names the transaction
     */
    Timestamp startTimestamp();

    /**
     * How often {@link TransactionClient#run} has begun.
     *
     * @return 1 for the first time
     */
    int attempt();

    /**
     * Reads one key.
     *
     * @param key not empty
     * @return its value, or null
     */
    byte @Nullable [] get(byte[] key);

    /**
     * Reads many keys.
     *
     * @param keys none empty; may repeat
     * @return values in the order asked, null where there is none
     */
    List<byte @Nullable []> batchGet(List<byte[]> keys);

    /**
     * Reads a range, own writes included.
     *
     * @param range of user keys
     * @param options the limit is required, up to {@value ScanOptions#MAX_LIMIT}
     * @return pairs in the order of the scan
     */
    List<KvPair> scan(KeyRange range, ScanOptions options);

    /**
     * Reads a range page by page, own writes included.
     *
     * @param range of user keys
     * @param options page size and limit
     * @return an iterator, to be closed
     */
    TransactionScanner scanner(KeyRange range, ScanOptions options);

    /**
     * Writes a key when the transaction commits.
     *
     * @param key not empty, at most 65,535 bytes and {@code key.limit}
     * @param value not empty: transactions cannot store empty values
     * @throws EntryTooLargeException when key and value are larger than {@link TransactionOptions#limits()} allow
     * @throws TransactionTooLargeException when the transaction would be; so do the other methods that write
     */
    void put(byte[] key, byte[] value);

    /**
     * Writes a key that must not exist: else the commit, or the lock call if that comes first, fails with {@link
     * KeyExistsException}.
     *
     * @param key not empty
     * @param value not empty
     */
    void insert(byte[] key, byte[] value);

    /**
     * Demands that a key does not exist when the transaction commits, and writes nothing to it; else the commit fails with
     * {@link KeyExistsException}. For this transaction the key is absent from now on.
     *
     * @param key not empty, and not written by this transaction
     */
    void requireAbsent(byte[] key);

    /**
     * Deletes a key when the transaction commits, whether it exists or not.
     *
     * @param key not empty
     */
    void delete(byte[] key);

    /**
     * Writes to the stores, as locks, what a pipelined transaction ({@link TransactionOptions#withPipelining}) has written
     * so far, and waits for it. It happens by itself when enough has gathered; this is for whoever wants it earlier. Does
     * nothing in other transactions.
     */
    void flush();

    /**
     * Expects a key to exist when the transaction commits. Has a meaning for keys that it also writes or locks, and where
     * {@link TransactionOptions#assertions} is not off; else the commit fails with {@link ExpectationFailedException}.
     *
     * @param key not empty
     */
    void expectPresent(byte[] key);

    /**
     * Expects a key not to exist when the transaction commits; as {@link #expectPresent}.
     *
     * @param key not empty
     */
    void expectAbsent(byte[] key);

    /**
     * Locks keys of a pessimistic transaction until it ends. What is locked can have changed since the transaction began:
     * decide from the values returned here, not from {@link #get}.
     *
     * <p>An optimistic transaction sends nothing now: at commit these keys are checked for conflicts, and count for others
     * as written, though their values stay. Thus it can depend on what it has only read (which prevents write skew).
     *
     * @param keys none empty; keys locked before are locked still
     * @param options waiting and values
     * @return values as of now in the order asked, null where there is none; all null unless values were asked for
     * @throws KeyLockedException when another transaction has a key and the time to wait is over
     * @throws DeadlockException when waiting would never end
     * @throws KeyExistsException when a key to insert exists
     * @throws io.tikvdirect.client.InvalidArgumentException when an optimistic transaction asks for values
     */
    List<byte @Nullable []> lock(List<byte[]> keys, LockOptions options);

    /**
     * Begins a statement of a pessimistic transaction, which may have to be tried again; its locks are kept over its
     * attempts. One at a time.
     *
     * @return to be closed; calls to {@link #lock} until then belong to it
     * @throws IllegalStateException when the transaction is optimistic, or another statement has not ended
     */
    LockStatement statement();

    /**
     * Locks one key of a pessimistic transaction and reads it as of now, or as this transaction has written it.
     *
     * @param key not empty
     * @return its value, or null
     */
    byte @Nullable [] getForUpdate(byte[] key);

    /**
     * Remembers what has been written so far.
     *
     * @return to be given to {@link #rollbackTo}
     */
    Savepoint savepoint();

    /**
     * Forgets what was written since; locks stay.
     *
     * @param savepoint of this transaction, and not behind one that was rolled back to
     */
    void rollbackTo(Savepoint savepoint);

    /**
     * What the transaction saw when a savepoint was taken, also while it writes on.
     *
     * @param savepoint of this transaction, and not behind one that was rolled back to
     * @return a view that costs little until something is written
     */
    EarlierView before(Savepoint savepoint);

    /**
     * How many keys are written.
     *
     * @return puts, inserts and deletes
     */
    int size();

    /**
     * How much is written.
     *
     * @return bytes of keys and values
     */
    long bytes();

    /**
     * Commits and ends the transaction. Blocks at most the timeout.
     *
     * @return when: every transaction that begins from now on sees it. The start timestamp when nothing was written
     * @throws WriteConflictException when another transaction was faster; nothing is written
     * @throws KeyExistsException when a key to insert exists; nothing is written
     * @throws KeyLockedException when another transaction held a key until the timeout; nothing is written
     * @throws TransactionAbortedException when others have rolled it back; nothing is written
     * @throws io.tikvdirect.client.UndeterminedException when the decisive answer was lost: everything is written, or
     *     nothing, now or soon. Read to find out, and do not blindly repeat
     */
    Timestamp commit();

    /**
     * How the transaction was committed; may also be asked after the end.
     *
     * @return null before {@link #commit()} has succeeded, and when nothing was written
     */
    @Nullable
    CommitMode commitMode();

    /** Ends the transaction without writing anything. Does not wait for its locks to be removed. */
    void rollback();

    /** Rolls back what has not been committed. Closing twice does nothing. */
    @Override
    void close();

    /**
     * The asynchronous face of this same transaction.
     *
     * @return over the same writes
     */
    AsyncTransaction async();
}
