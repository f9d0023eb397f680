package io.tikvdirect.client.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. The state of all keys at one timestamp. Methods block at most their timeout; locks of other transactions
 * are resolved on the way, and locks of finished ones never make a read wait.
 *
 * <p>All methods throw {@link KeyLockedException} when a lock of a living transaction hides the state until the timeout,
 * and any other {@link io.tikvdirect.client.TikvException} a raw read may throw.
 */
public interface Snapshot {

    /**
     * The timestamp.
     *
     * @return as given
     */
    Timestamp timestamp();

    /**
     * Reads one key.
     *
     * @param key not empty
     * @return its value, or null
     */
    byte @Nullable [] get(byte[] key);

    /**
     * Reads one key and when it was committed.
     *
     * @param key not empty
     * @return its value and the commit timestamp, or null
     */
    @Nullable
    VersionedValue getVersioned(byte[] key);

    /**
     * Reads many keys.
     *
     * @param keys none empty; may repeat
     * @return values in the order asked, null where there is none
     */
    List<byte @Nullable []> batchGet(List<byte[]> keys);

    /**
     * Reads a range.
     *
     * @param range of user keys
     * @param options the limit is required, up to {@value ScanOptions#MAX_LIMIT}
     * @return pairs in the order of the scan
     */
    List<KvPair> scan(KeyRange range, ScanOptions options);

    /**
     * Reads a range page by page.
     *
     * @param range of user keys
     * @param options page size and limit
     * @return an iterator, to be closed
     */
    TransactionScanner scanner(KeyRange range, ScanOptions options);

    /**
     * What is kept of the values read, over both faces; empty unless the options say that values are kept.
     *
     * @return the same object always
     */
    ValueCache valueCache();

    /**
     * The same timestamp with other options.
     *
     * @param options of every read
     * @return a new snapshot, which keeps nothing yet
     * @throws io.tikvdirect.client.InvalidArgumentException for stale reads at {@link Timestamp#LATEST}
     */
    Snapshot with(SnapshotOptions options);

    /**
     * The asynchronous face.
     *
     * @return over the same timestamp
     */
    AsyncSnapshot async();

    /**
     * The direct face, for single reads without garbage.
     *
     * @return over the same timestamp; to be kept and used many times
     */
    DirectSnapshot direct();
}
