package io.tikvdirect.client.internal.raw;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.raw.RawScanner;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Not thread-safe. Pages of a scan one after another; the next one is asked for as soon as one has come, if {@code
 * scan.prefetch} allows and the window has a place to spare.
 */
final class PagedScanner implements RawScanner {

    private final RawEngine engine;
    private final RawCalls calls;
    private final boolean keyOnly;
    private final int pageSize;
    private List<KvPair> page = List.of();
    private int position;
    private ScanCursor cursor;
    private @Nullable BlockingCall<ScanPage> ahead;
    private @Nullable TikvException failure;
    private boolean closed;

    PagedScanner(RawEngine engine, RawCalls calls, KeyRange range, ScanOptions options) {
        this.engine = engine;
        this.calls = calls;
        this.keyOnly = options.keyOnly();
        this.pageSize = engine.pageSize(options);
        this.cursor = ScanCursor.start(range.start(), range.end(), options.reverse(), options.limit());
    }

    @Override
    public boolean hasNext() {
        while (position == page.size()) {
            if (closed || (ahead == null && cursor.isDone())) {
                return false;
            }
            if (failure != null) {
                throw failure;
            }
            nextPage();
        }
        return true;
    }

    private void nextPage() {
        engine.checkMayBlock();
        BlockingCall<ScanPage> call = ahead;
        ahead = null;
        long deadlineNs = System.nanoTime() + calls.view().timeoutNs;
        try {
            if (call == null) {
                call = new BlockingCall<>(engine, null, false);
                calls.page(cursor, keyOnly, pageSize, call);
            }
            ScanPage next = call.await(deadlineNs, null, 0);
            page = next.pairs();
            position = 0;
            cursor = next.next();
            prefetch();
        } catch (TikvException failed) {
            failure = failed;
            throw failed;
        }
    }

    private void prefetch() {
        if (!cursor.isDone() && engine.config().scanPrefetch() > 0) {
            BlockingCall<ScanPage> call = new BlockingCall<>(engine, null, false);
            if (calls.tryPage(cursor, keyOnly, pageSize, call)) {
                ahead = call;
            }
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
        ahead = null;
    }
}
