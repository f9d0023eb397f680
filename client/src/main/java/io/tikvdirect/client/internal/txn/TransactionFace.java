package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.PagePublisher;
import io.tikvdirect.client.internal.call.PendingResult;
import io.tikvdirect.client.internal.call.ScanCursor;
import io.tikvdirect.client.internal.call.ScanPage;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.client.txn.AsyncTransaction;
import io.tikvdirect.client.txn.CommitMode;
import io.tikvdirect.client.txn.EarlierView;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.LockStatement;
import io.tikvdirect.client.txn.Savepoint;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.client.txn.TransactionScanner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Used by one thread at a time. Both faces of a transaction. */
final class TransactionFace implements Transaction {

    private final Async async;
    private final TransactionCore core;

    TransactionFace(Async async) {
        this.async = async;
        this.core = async.core();
    }

    TransactionCore core() {
        return core;
    }

    @Override
    public Timestamp startTimestamp() {
        return new Timestamp(core.startTs());
    }

    @Override
    public int attempt() {
        return core.attempt();
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return Faces.await(
                core.engine(), core.timeoutNs(), promise -> core.reads().get(key, true, promise));
    }

    @Override
    public List<byte @Nullable []> batchGet(List<byte[]> keys) {
        return Faces.await(
                core.engine(), core.timeoutNs(), promise -> core.reads().batchGet(keys, true, promise));
    }

    @Override
    public List<KvPair> scan(KeyRange range, ScanOptions options) {
        return page(Faces.cursor(range, options), options.keyOnly(), options.limit())
                .pairs();
    }

    private ScanPage page(ScanCursor cursor, boolean keyOnly, int pairs) {
        return Faces.await(
                core.engine(), core.timeoutNs(), promise -> core.reads().page(cursor, keyOnly, pairs, true, promise));
    }

    @Override
    public TransactionScanner scanner(KeyRange range, ScanOptions options) {
        int pairs = Faces.pageSize(core.engine(), options);
        return new PageScanner(cursor -> page(cursor, options.keyOnly(), pairs), range, options);
    }

    @Override
    public void put(byte[] key, byte[] value) {
        core.put(key, value, true);
    }

    @Override
    public void insert(byte[] key, byte[] value) {
        core.insert(key, value, true);
    }

    @Override
    public void requireAbsent(byte[] key) {
        core.requireAbsent(key, true);
    }

    @Override
    public EarlierView before(Savepoint savepoint) {
        return new EarlierFace(core, core.reads().before(savepoint));
    }

    @Override
    public void delete(byte[] key) {
        core.delete(key, true);
    }

    @Override
    public void flush() {
        Faces.<Boolean>await(core.engine(), core.timeoutNs(), core::flush);
    }

    @Override
    public void expectPresent(byte[] key) {
        core.expect(key, true);
    }

    @Override
    public void expectAbsent(byte[] key) {
        core.expect(key, false);
    }

    @Override
    public List<byte @Nullable []> lock(List<byte[]> keys, LockOptions options) {
        return Faces.await(core.engine(), core.timeoutNs(), promise -> core.lock(keys, options, promise));
    }

    @Override
    public LockStatement statement() {
        return core.statement();
    }

    @Override
    public byte @Nullable [] getForUpdate(byte[] key) {
        byte[] locked =
                lock(List.of(key), LockOptions.DEFAULT.returningValues()).get(0);
        return core.own(key, locked);
    }

    @Override
    public Savepoint savepoint() {
        return core.savepoint();
    }

    @Override
    public void rollbackTo(Savepoint savepoint) {
        core.rollbackTo(savepoint);
    }

    @Override
    public int size() {
        return core.size();
    }

    @Override
    public long bytes() {
        return core.bytes();
    }

    @Override
    public Timestamp commit() {
        core.engine().checkMayBlock();
        // when nobody waits for its end any more, a commit goes on all the same
        PendingResult<Long> result = new PendingResult<>(true);
        try {
            core.commit(result);
            return new Timestamp(result.await(System.nanoTime() + core.timeoutNs(), null, 0));
        } finally {
            Reference.reachabilityFence(async);
        }
    }

    @Override
    public @Nullable CommitMode commitMode() {
        return core.commitMode();
    }

    @Override
    public void rollback() {
        if (!core.isActive()) {
            throw new IllegalStateException("the transaction has ended");
        }
        core.rollback();
    }

    @Override
    public void close() {
        core.rollback();
    }

    @Override
    public AsyncTransaction async() {
        return async;
    }

    /**
     * Used by one thread at a time. The asynchronous face, held by the other one too: when nobody holds it, nobody can end
     * the transaction.
     */
    static final class Async implements AsyncTransaction {

        private final TransactionCore core;

        /** Begins a transaction. */
        Async(TxnEngine engine, TransactionOptions options, long startTs, int attempt) {
            this.core = new TransactionCore(this, engine, options, startTs, attempt);
            engine.open().add(core);
        }

        TransactionCore core() {
            return core;
        }

        @Override
        public Timestamp startTimestamp() {
            return new Timestamp(core.startTs());
        }

        @Override
        public int attempt() {
            return core.attempt();
        }

        @Override
        public CompletionStage<byte @Nullable []> get(byte[] key) {
            SnapshotGet.Async stage = new SnapshotGet.Async(core.snapshot());
            try {
                core.reads().get(key, stage);
            } catch (TikvException refused) {
                stage.fail(refused);
            } catch (IllegalStateException ended) {
                stage.completeExceptionally(ended);
            }
            return stage;
        }

        @Override
        public CompletionStage<List<byte @Nullable []>> batchGet(List<byte[]> keys) {
            return Faces.stage(core.engine(), promise -> core.reads().batchGet(Faces.copies(keys), false, promise));
        }

        @Override
        public CompletionStage<List<KvPair>> scan(KeyRange range, ScanOptions options) {
            return Faces.stage(core.engine(), promise -> core.reads()
                    .page(
                            Faces.cursor(range, options),
                            options.keyOnly(),
                            options.limit(),
                            false,
                            TxnEngine.promise(page -> promise.succeed(page.pairs()), promise::fail)));
        }

        @Override
        public void put(byte[] key, byte[] value) {
            core.put(key, value, false);
        }

        @Override
        public void insert(byte[] key, byte[] value) {
            core.insert(key, value, false);
        }

        @Override
        public void requireAbsent(byte[] key) {
            core.requireAbsent(key, false);
        }

        @Override
        public void delete(byte[] key) {
            core.delete(key, false);
        }

        @Override
        public CompletionStage<@Nullable Void> flush() {
            return Faces.stage(
                    core.engine(),
                    promise -> core.flush(TxnEngine.promise(flushed -> Faces.succeedVoid(promise), promise::fail)));
        }

        @Override
        public void expectPresent(byte[] key) {
            core.expect(key, true);
        }

        @Override
        public void expectAbsent(byte[] key) {
            core.expect(key, false);
        }

        @Override
        public Flow.Publisher<KvPair> scanPublisher(KeyRange range, ScanOptions options) {
            int pairs = Faces.pageSize(core.engine(), options);
            return new PagePublisher(
                    (cursor, promise) -> core.reads().page(cursor, options.keyOnly(), pairs, false, promise),
                    core.engine().slowPath(),
                    range,
                    options);
        }

        @Override
        public CompletionStage<List<byte @Nullable []>> lock(List<byte[]> keys, LockOptions options) {
            return Faces.stage(core.engine(), promise -> core.lock(Faces.copies(keys), options, promise));
        }

        @Override
        public LockStatement statement() {
            return core.statement();
        }

        @Override
        public CompletionStage<Timestamp> commit() {
            TransactionStages.Commit stage = new TransactionStages.Commit(core.engine());
            try {
                core.commit(stage.promise());
            } catch (TikvException refused) {
                stage.fail(refused);
            } catch (IllegalStateException ended) {
                stage.completeExceptionally(ended);
            } finally {
                Reference.reachabilityFence(this);
            }
            return stage;
        }

        @Override
        public void rollback() {
            core.rollback();
        }
    }
}
