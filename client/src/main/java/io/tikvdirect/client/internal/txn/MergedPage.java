package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.codec.buffer.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Owned by one thread at a time. A page of a transaction's scan: reads pages of the snapshot until enough is left after
 * its own writes have been laid over them.
 */
final class MergedPage {

    private final SnapshotReads reads;
    private final Overlay overlay;
    private final ScanCursor start;
    private final boolean keyOnly;
    private final int wanted;
    private final long callNs;
    private final Promise<ScanPage> promise;
    private final List<KvPair> merged = new ArrayList<>();

    MergedPage(
            SnapshotReads reads,
            Overlay overlay,
            ScanCursor start,
            boolean keyOnly,
            int wanted,
            long callNs,
            Promise<ScanPage> promise) {
        this.reads = reads;
        this.overlay = overlay;
        this.start = start;
        this.keyOnly = keyOnly;
        this.wanted = Math.min(wanted, start.remaining());
        this.callNs = callNs;
        this.promise = promise;
    }

    void run(boolean mayBlock) {
        byte[] lower = start.pageStart(Bytes.EMPTY);
        byte[] upper = start.pageEnd(Bytes.EMPTY);
        fetch(ScanCursor.start(lower, upper, start.routesByEnd(), Integer.MAX_VALUE), mayBlock);
    }

    private void fetch(ScanCursor cursor, boolean mayBlock) {
        reads.page(cursor, keyOnly, wanted, callNs, mayBlock, TxnEngine.promise(this::onPage, promise::fail));
    }

    private void onPage(ScanPage page) {
        boolean isLast = page.next().isDone();
        overlay.merge(page.pairs(), isLast, merged, wanted, keyOnly);
        if (merged.size() == wanted) {
            promise.succeed(new ScanPage(merged, behind(merged.get(wanted - 1).key())));
        } else if (isLast) {
            promise.succeed(new ScanPage(merged, ScanCursor.start(Bytes.EMPTY, Bytes.EMPTY, start.routesByEnd(), 0)));
        } else {
            fetch(page.next(), false);
        }
    }

    private ScanCursor behind(byte[] key) {
        int left = start.remaining() - merged.size();
        return start.routesByEnd()
                ? ScanCursor.start(start.pageStart(Bytes.EMPTY), key, true, left)
                : ScanCursor.start(Arrays.copyOf(key, key.length + 1), start.pageEnd(Bytes.EMPTY), false, left);
    }
}
