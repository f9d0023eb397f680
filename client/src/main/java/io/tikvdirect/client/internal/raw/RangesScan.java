package io.tikvdirect.client.internal.raw;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.ArrayList;
import java.util.List;

/**
 * Owned by one thread at a time. A scan of several ranges, one after another, until the limit is reached. The calling thread
 * may wait for a place in the window for the first range only; later ones begin on event loops, which never wait.
 */
final class RangesScan implements Promise<ScanPage> {

    private final RawCalls calls;
    private final List<KeyRange> ranges;
    private final ScanOptions options;
    private final long startNs;
    private final Promise<List<KvPair>> promise;
    private final List<KvPair> found = new ArrayList<>();
    private int range;

    RangesScan(
            RawCalls calls, List<KeyRange> ranges, ScanOptions options, long startNs, Promise<List<KvPair>> promise) {
        this.calls = calls;
        this.ranges = ranges;
        this.options = options;
        this.startNs = startNs;
        this.promise = promise;
    }

    /** Begins the next range that can hold a key, or ends. */
    void next() {
        int left = options.limit() - found.size();
        while (range < ranges.size() && ranges.get(range).isEmpty()) {
            range++;
        }
        if (left == 0 || range == ranges.size()) {
            promise.succeed(found);
            return;
        }
        KeyRange now = ranges.get(range++);
        ScanCursor cursor = ScanCursor.start(now.start(), now.end(), options.reverse(), left);
        calls.page(cursor, options.keyOnly(), left, startNs, this);
    }

    @Override
    public void succeed(ScanPage page) {
        found.addAll(page.pairs());
        next();
    }

    @Override
    public boolean isWanted() {
        return promise.isWanted();
    }

    @Override
    public void fail(TikvException failure) {
        promise.fail(failure);
    }
}
