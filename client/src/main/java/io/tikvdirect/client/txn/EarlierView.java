package io.tikvdirect.client.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Used by the thread that uses its transaction. Reads what the transaction saw when a savepoint was taken, whatever it has
 * written since (MEM-03): a statement that reads and writes the same table must not meet its own writes.
 *
 * <p>Good as long as the transaction goes on and has not been rolled back to an earlier savepoint; then every method
 * throws {@link IllegalStateException} or {@link io.tikvdirect.client.InvalidArgumentException}.
 */
public interface EarlierView {

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
     * Reads a range.
     *
     * @param range of user keys
     * @param options the limit is required, up to {@value ScanOptions#MAX_LIMIT}
     * @return pairs in the order of the scan
     */
    List<KvPair> scan(KeyRange range, ScanOptions options);

    /**
     * Reads a range page by page; what is written meanwhile is not met.
     *
     * @param range of user keys
     * @param options page size and limit
     * @return an iterator, to be closed
     */
    TransactionScanner scanner(KeyRange range, ScanOptions options);
}
