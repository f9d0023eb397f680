package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.ManualClock;
import io.tikvdirect.embedded.internal.mvcc.MvccSpace;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.topology.Ids;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.topology.Regions;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.CommitRequest;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.GetRequest;
import io.tikvdirect.proto.kvrpcpb.GetResponse;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import io.tikvdirect.proto.kvrpcpb.ScanRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** Confined to its test, but for the engine. An engine over one region, and short ways to ask it. */
final class TxnKit implements AutoCloseable {
    static final long TTL_MS = 3000;

    final ManualClock clock = new ManualClock();
    final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final TxnEngine engine = new TxnEngine(new MvccSpace(), clock, timer);
    final TxnWrites writes = new TxnWrites(engine);
    final TxnReads reads = new TxnReads(engine);
    final LockResolution locks = new LockResolution(engine);
    final Region region = new Regions(new Ids(), List.of(1L), 1).now().all().get(0);

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    static Mutation put(String key, String value) {
        return Mutation.newBuilder().setKey(bytes(key)).setValue(bytes(value)).build();
    }

    static Mutation mutation(Op op, String key) {
        return Mutation.newBuilder().setOp(op).setKey(bytes(key)).build();
    }

    static PrewriteRequest.Builder prewriting(long startTs, Mutation... mutations) {
        return PrewriteRequest.newBuilder()
                .addAllMutations(List.of(mutations))
                .setPrimaryLock(mutations[0].getKey())
                .setStartVersion(startTs)
                .setLockTtl(TTL_MS)
                .setTxnSize(mutations.length);
    }

    PrewriteResponse prewrite(PrewriteRequest.Builder request) {
        try {
            return writes.prewrite(region, request.build());
        } catch (TxnException refused) {
            return PrewriteResponse.newBuilder().addErrors(refused.error()).build();
        }
    }

    PrewriteResponse prewrite(long startTs, Mutation... mutations) {
        return prewrite(prewriting(startTs, mutations));
    }

    @Nullable
    KeyError commit(long startTs, long commitTs, String... keys) {
        CommitRequest.Builder request =
                CommitRequest.newBuilder().setStartVersion(startTs).setCommitVersion(commitTs);
        for (String key : keys) {
            request.addKeys(bytes(key));
        }
        return errorOf(() -> writes.commit(region, request.build()));
    }

    @Nullable
    KeyError rollback(long startTs, String key) {
        BatchRollbackRequest request = BatchRollbackRequest.newBuilder()
                .setStartVersion(startTs)
                .addKeys(bytes(key))
                .build();
        return errorOf(() -> writes.rollback(region, request));
    }

    /** Writes and commits one key. */
    void write(String key, String value, long startTs, long commitTs) {
        requireNoErrors(prewrite(startTs, put(key, value)));
        if (commit(startTs, commitTs, key) != null) {
            throw new AssertionError("not committed");
        }
    }

    private static void requireNoErrors(PrewriteResponse response) {
        if (response.getErrorsCount() > 0) {
            throw new AssertionError(response.toString());
        }
    }

    interface Refusable {
        void run() throws TxnException;
    }

    static @Nullable KeyError errorOf(Refusable work) {
        try {
            work.run();
            return null;
        } catch (TxnException refused) {
            return refused.error();
        }
    }

    GetResponse get(String key, long ts, Context context) {
        GetRequest request = GetRequest.newBuilder()
                .setKey(bytes(key))
                .setVersion(ts)
                .setContext(context)
                .build();
        try {
            return reads.get(region, request);
        } catch (TxnException refused) {
            return GetResponse.newBuilder().setError(refused.error()).build();
        }
    }

    /** The value, "-" = none, "locked" or "conflict". */
    String read(String key, long ts) {
        return read(key, ts, Context.getDefaultInstance());
    }

    String read(String key, long ts, Context context) {
        GetResponse response = get(key, ts, context);
        if (response.hasError()) {
            return response.getError().hasLocked() ? "locked" : "conflict";
        }
        return response.getNotFound() ? "-" : response.getValue().toStringUtf8();
    }

    List<io.tikvdirect.proto.kvrpcpb.KvPair> scan(long ts) throws TxnException {
        ScanRequest request =
                ScanRequest.newBuilder().setVersion(ts).setLimit(1000).build();
        return reads.scan(new byte[0], new byte[0], request);
    }

    static PessimisticLockRequest.Builder locking(long startTs, long forUpdateTs, String... keys) {
        PessimisticLockRequest.Builder request = PessimisticLockRequest.newBuilder()
                .setStartVersion(startTs)
                .setForUpdateTs(forUpdateTs)
                .setPrimaryLock(bytes(keys[0]))
                .setLockTtl(TTL_MS)
                .setWaitTimeout(-1);
        for (String key : keys) {
            request.addMutations(mutation(Op.PessimisticLock, key));
        }
        return request;
    }

    CompletableFuture<PessimisticLockResponse> lock(PessimisticLockRequest.Builder request) {
        CompletableFuture<PessimisticLockResponse> answer = new CompletableFuture<>();
        try {
            engine.lock(PessimisticCommand.of(request.build(), region, () -> null), answer::complete);
        } catch (TxnException refused) {
            answer.complete(PessimisticLockResponse.newBuilder()
                    .addErrors(refused.error())
                    .build());
        }
        return answer;
    }

    void unlock(long startTs, long forUpdateTs, String key) {
        PessimisticRollbackRequest request = PessimisticRollbackRequest.newBuilder()
                .setStartVersion(startTs)
                .setForUpdateTs(forUpdateTs)
                .addKeys(bytes(key))
                .build();
        KeyError error = errorOf(() -> locks.rollbackPessimistic(region, request));
        if (error != null) {
            throw new AssertionError(error.toString());
        }
    }

    io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse status(CheckTxnStatusRequest.Builder request) {
        try {
            return writes.checkStatus(region, request.build());
        } catch (TxnException refused) {
            return io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse.newBuilder()
                    .setError(refused.error())
                    .build();
        }
    }

    @Nullable
    TxnLock lockOf(String key) {
        return engine.space().now().get(TxnKey.of(bytes(key)).stored()).lock();
    }

    @Nullable
    Version newest(String key) {
        return engine.space().now().get(TxnKey.of(bytes(key)).stored()).newest();
    }

    static long ts(long ms, int logical) {
        return Ts.ofMs(ms) + logical;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
