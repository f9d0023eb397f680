package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.TransactionScanner;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Not thread-safe. Pages of a snapshot or transaction one after another. */
final class PageScanner implements TransactionScanner {

    private final Function<ScanCursor, ScanPage> pages;
    private List<KvPair> page = List.of();
    private int position;
    private ScanCursor cursor;
    private @Nullable TikvException failure;
    private boolean closed;

    /**
     * A scan not begun.
     *
     * @param pages reads the page at a cursor; blocks
     */
    PageScanner(Function<ScanCursor, ScanPage> pages, KeyRange range, ScanOptions options) {
        this.pages = pages;
        this.cursor = ScanCursor.start(range.start(), range.end(), options.reverse(), options.limit());
    }

    @Override
    public boolean hasNext() {
        while (position == page.size()) {
            if (closed || cursor.isDone()) {
                return false;
            }
            if (failure != null) {
                throw failure;
            }
            fetch();
        }
        return true;
    }

    private void fetch() {
        try {
            ScanPage next = pages.apply(cursor);
            page = next.pairs();
            position = 0;
            cursor = next.next();
        } catch (TikvException failed) {
            failure = failed;
            throw failed;
        }
    }

    @Override
    public KvPair next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the scan is at its end");
        }
        return page.get(position++);
    }

    @Override
    public void close() {
        closed = true;
        page = List.of();
        position = 0;
    }
}
