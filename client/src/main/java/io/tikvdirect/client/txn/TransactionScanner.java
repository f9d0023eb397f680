package io.tikvdirect.client.txn;

import io.tikvdirect.client.KvPair;
import java.util.Iterator;

/**
 * Not thread-safe: used by one thread at a time. A range of a snapshot or transaction, read page by page.
 *
 * <p>Each page has its own timeout. {@link #hasNext()} throws the {@link io.tikvdirect.client.TikvException} of a page that
 * could not be read, and does so again when asked again: a failure never looks like the end of the range. Of a
 * transaction's own writes, a page shows those made before it was fetched.
 */
public interface TransactionScanner extends Iterator<KvPair>, AutoCloseable {

    /** Ends the scan. Closing twice does nothing; after it there is no next pair. */
    @Override
    void close();
}
