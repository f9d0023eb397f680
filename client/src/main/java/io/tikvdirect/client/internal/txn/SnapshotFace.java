package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.internal.call.PagePublisher;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.AsyncSnapshot;
import io.tikvdirect.client.txn.DirectSnapshot;
import io.tikvdirect.client.txn.Snapshot;
import io.tikvdirect.client.txn.SnapshotOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.TransactionScanner;
import io.tikvdirect.client.txn.ValueCache;
import io.tikvdirect.client.txn.VersionedValue;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Both faces of a snapshot. */
final class SnapshotFace implements Snapshot {

    private final SnapshotReads reads;

    SnapshotFace(SnapshotReads reads) {
        this.reads = reads;
    }

    @Override
    public Timestamp timestamp() {
        return new Timestamp(reads.readTs());
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return Faces.await(
                reads.engine(), reads.timeoutNs(), promise -> reads.get(key, System.nanoTime(), true, promise));
    }

    @Override
    public @Nullable VersionedValue getVersioned(byte[] key) {
        return Faces.<@Nullable VersionedValue>await(
                reads.engine(),
                reads.timeoutNs(),
                promise -> reads.getVersioned(key, System.nanoTime(), true, promise));
    }

    @Override
    public List<byte @Nullable []> batchGet(List<byte[]> keys) {
        return Faces.await(
                reads.engine(), reads.timeoutNs(), promise -> reads.batchGet(keys, System.nanoTime(), true, promise));
    }

    @Override
    public List<KvPair> scan(KeyRange range, ScanOptions options) {
        return page(Faces.cursor(range, options), options.keyOnly(), options.limit())
                .pairs();
    }

    private ScanPage page(ScanCursor cursor, boolean keyOnly, int pairs) {
        return Faces.await(
                reads.engine(),
                reads.timeoutNs(),
                promise -> reads.page(cursor, keyOnly, pairs, System.nanoTime(), true, promise));
    }

    @Override
    public TransactionScanner scanner(KeyRange range, ScanOptions options) {
        int pairs = Faces.pageSize(reads.engine(), options);
        return new PageScanner(cursor -> page(cursor, options.keyOnly(), pairs), range, options);
    }

    @Override
    public Snapshot with(SnapshotOptions options) {
        return new SnapshotFace(new SnapshotReads(reads.engine(), reads.readTs(), options));
    }

    @Override
    public ValueCache valueCache() {
        return reads.values();
    }

    @Override
    public DirectSnapshot direct() {
        return new DirectSnapshotFace(reads);
    }

    @Override
    public AsyncSnapshot async() {
        return new Async(reads);
    }

    /** Thread-safe. The asynchronous face. */
    record Async(SnapshotReads reads) implements AsyncSnapshot {

        @Override
        public Timestamp timestamp() {
            return new Timestamp(reads.readTs());
        }

        @Override
        public CompletionStage<byte @Nullable []> get(byte[] key) {
            SnapshotGet.Async stage = new SnapshotGet.Async(reads);
            reads.get(key, stage);
            return stage;
        }

        @Override
        public CompletionStage<@Nullable VersionedValue> getVersioned(byte[] key) {
            return Faces.<@Nullable VersionedValue>stage(
                    reads.engine(), promise -> reads.getVersioned(key.clone(), System.nanoTime(), false, promise));
        }

        @Override
        public CompletionStage<List<byte @Nullable []>> batchGet(List<byte[]> keys) {
            return Faces.stage(
                    reads.engine(), promise -> reads.batchGet(Faces.copies(keys), System.nanoTime(), false, promise));
        }

        @Override
        public CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options) {
            return Faces.stage(
                    reads.engine(),
                    promise -> reads.page(
                            Faces.cursor(range, options),
                            options.keyOnly(),
                            options.limit(),
                            System.nanoTime(),
                            false,
                            TxnEngine.promise(page -> promise.succeed(page.pairs()), promise::fail)));
        }

        @Override
        public Flow.Publisher<KvPair> scanPublisher(KeyRange range, ScanOptions options) {
            int pairs = Faces.pageSize(reads.engine(), options);
            return new PagePublisher(
                    (cursor, promise) ->
                            reads.page(cursor, options.keyOnly(), pairs, System.nanoTime(), false, promise),
                    reads.engine().slowPath(),
                    range,
                    options);
        }
    }
}
