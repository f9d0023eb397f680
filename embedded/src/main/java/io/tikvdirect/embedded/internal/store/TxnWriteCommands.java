package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.txn.PessimisticCommand;
import io.tikvdirect.embedded.internal.txn.TxnException;
import io.tikvdirect.embedded.internal.txn.TxnWrites;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackResponse;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksRequest;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksResponse;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.CleanupRequest;
import io.tikvdirect.proto.kvrpcpb.CleanupResponse;
import io.tikvdirect.proto.kvrpcpb.CommitRequest;
import io.tikvdirect.proto.kvrpcpb.CommitResponse;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.FlushRequest;
import io.tikvdirect.proto.kvrpcpb.FlushResponse;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import io.tikvdirect.proto.kvrpcpb.TxnHeartBeatRequest;
import io.tikvdirect.proto.kvrpcpb.TxnHeartBeatResponse;
import java.util.List;
import java.util.function.Consumer;

/** Thread-safe. The commands by which transactions write. */
final class TxnWriteCommands {
    private final TxnAccess txn;
    private final TxnWrites writes;

    TxnWriteCommands(TxnAccess txn) {
        this.txn = txn;
        this.writes = new TxnWrites(txn.engine());
    }

    PrewriteResponse prewrite(PrewriteRequest request)
            throws RegionErrorException, CommandErrorException, TxnException {
        requireKeys("prewrite", request.getContext(), request.getMutationsList());
        return writes.prewrite(txn.writing(request.getContext()), request);
    }

    FlushResponse flush(FlushRequest request) throws RegionErrorException, CommandErrorException, TxnException {
        requireKeys("flush", request.getContext(), request.getMutationsList());
        PrewriteResponse flushed = writes.flush(txn.writing(request.getContext()), request);
        return FlushResponse.newBuilder().addAllErrors(flushed.getErrorsList()).build();
    }

    void lock(PessimisticLockRequest request, Consumer<PessimisticLockResponse> answer)
            throws RegionErrorException, CommandErrorException, TxnException {
        requireKeys("acquire_pessimistic_lock", request.getContext(), request.getMutationsList());
        Region region = txn.writing(request.getContext());
        PessimisticCommand command = PessimisticCommand.of(request, region, () -> txn.refusal(request.getContext()));
        txn.engine().lock(command, answer);
    }

    private void requireKeys(String command, Context context, List<Mutation> mutations) throws CommandErrorException {
        List<ByteString> keys = mutations.stream().map(Mutation::getKey).toList();
        txn.rules().requireKeys(command, context, keys);
        txn.rules().requireKeySizes(keys);
    }

    CommitResponse commit(CommitRequest request) throws RegionErrorException, TxnException {
        writes.commit(txn.writing(request.getContext()), request);
        return CommitResponse.newBuilder()
                .setCommitVersion(request.getCommitVersion())
                .build();
    }

    BatchRollbackResponse rollback(BatchRollbackRequest request) throws RegionErrorException, TxnException {
        writes.rollback(txn.writing(request.getContext()), request);
        return BatchRollbackResponse.getDefaultInstance();
    }

    CleanupResponse cleanup(CleanupRequest request) throws RegionErrorException, TxnException {
        Region region = txn.writing(request.getContext());
        try {
            writes.cleanup(region, request);
            return CleanupResponse.getDefaultInstance();
        } catch (TxnException refused) {
            if (refused.kind() != TxnException.Kind.COMMITTED) {
                throw refused;
            }
            return CleanupResponse.newBuilder()
                    .setCommitVersion(refused.commitTs())
                    .build();
        }
    }

    CheckTxnStatusResponse checkStatus(CheckTxnStatusRequest request) throws RegionErrorException, TxnException {
        Region region = txn.writing(request.getContext());
        txn.limit()
                .requireGiven(
                        request.getContext(), request.getLockTs(), request.getCurrentTs(), request.getCallerStartTs());
        return writes.checkStatus(region, request);
    }

    CheckSecondaryLocksResponse checkSecondaryLocks(CheckSecondaryLocksRequest request)
            throws RegionErrorException, TxnException {
        Region region = txn.writing(request.getContext());
        txn.limit().requireGiven(request.getContext(), request.getStartVersion());
        return writes.checkSecondaryLocks(region, request);
    }

    TxnHeartBeatResponse heartBeat(TxnHeartBeatRequest request) throws RegionErrorException, TxnException {
        long ttlMs = writes.heartBeat(txn.writing(request.getContext()), request);
        return TxnHeartBeatResponse.newBuilder().setLockTtl(ttlMs).build();
    }
}
