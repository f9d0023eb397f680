package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.EarlierView;
import io.tikvdirect.client.txn.TransactionScanner;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Used by one thread at a time. A transaction as it was at a savepoint. */
final class EarlierFace implements EarlierView {

    private final TransactionCore core;
    private final TransactionReads reads;

    EarlierFace(TransactionCore core, TransactionReads reads) {
        this.core = core;
        this.reads = reads;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return Faces.await(core.engine(), core.timeoutNs(), promise -> reads.get(key, true, promise));
    }

    @Override
    public List<byte @Nullable []> batchGet(List<byte[]> keys) {
        return Faces.await(core.engine(), core.timeoutNs(), promise -> reads.batchGet(keys, true, promise));
    }

    @Override
    public List<KvPair> scan(KeyRange range, ScanOptions options) {
        return page(Faces.cursor(range, options), options.keyOnly(), options.limit())
                .pairs();
    }

    private ScanPage page(ScanCursor cursor, boolean keyOnly, int pairs) {
        return Faces.await(
                core.engine(), core.timeoutNs(), promise -> reads.page(cursor, keyOnly, pairs, true, promise));
    }

    @Override
    public TransactionScanner scanner(KeyRange range, ScanOptions options) {
        int pairs = Faces.pageSize(core.engine(), options);
        return new PageScanner(cursor -> page(cursor, options.keyOnly(), pairs), range, options);
    }
}
