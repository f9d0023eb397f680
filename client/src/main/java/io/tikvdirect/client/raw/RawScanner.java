package io.tikvdirect.client.raw;

import io.tikvdirect.client.KvPair;
import java.util.Iterator;

/**
 * Not thread-safe: used by one thread at a time. A range read page by page in the order of the scan.
 *
 * <p>At most two pages are held: the one being consumed and the next one. Each page has its own deadline of {@link
 * RawOptions#timeout()}. {@link #hasNext()} throws the {@link io.tikvdirect.client.TikvException} of a page that could
 * not be fetched, and does so again when asked again: a failure never looks like the end of the range. The pairs come
 * from no common snapshot; each page shows the state at the time it was read.
 */
public interface RawScanner extends Iterator<KvPair>, AutoCloseable {

    /** Ends the scan; a page under way is dropped. Closing twice does nothing; after it there is no next pair. */
    @Override
    void close();
}
