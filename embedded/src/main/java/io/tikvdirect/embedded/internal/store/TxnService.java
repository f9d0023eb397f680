package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.proto.kvrpcpb.BatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.BatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackResponse;
import io.tikvdirect.proto.kvrpcpb.BufferBatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.BufferBatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksRequest;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksResponse;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.CleanupRequest;
import io.tikvdirect.proto.kvrpcpb.CleanupResponse;
import io.tikvdirect.proto.kvrpcpb.CommitRequest;
import io.tikvdirect.proto.kvrpcpb.CommitResponse;
import io.tikvdirect.proto.kvrpcpb.DeleteRangeRequest;
import io.tikvdirect.proto.kvrpcpb.DeleteRangeResponse;
import io.tikvdirect.proto.kvrpcpb.FlashbackToVersionRequest;
import io.tikvdirect.proto.kvrpcpb.FlashbackToVersionResponse;
import io.tikvdirect.proto.kvrpcpb.FlushRequest;
import io.tikvdirect.proto.kvrpcpb.FlushResponse;
import io.tikvdirect.proto.kvrpcpb.GetRequest;
import io.tikvdirect.proto.kvrpcpb.GetResponse;
import io.tikvdirect.proto.kvrpcpb.MvccGetByKeyRequest;
import io.tikvdirect.proto.kvrpcpb.MvccGetByKeyResponse;
import io.tikvdirect.proto.kvrpcpb.MvccGetByStartTsRequest;
import io.tikvdirect.proto.kvrpcpb.MvccGetByStartTsResponse;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackResponse;
import io.tikvdirect.proto.kvrpcpb.PrepareFlashbackToVersionRequest;
import io.tikvdirect.proto.kvrpcpb.PrepareFlashbackToVersionResponse;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import io.tikvdirect.proto.kvrpcpb.ResolveLockResponse;
import io.tikvdirect.proto.kvrpcpb.ScanLockRequest;
import io.tikvdirect.proto.kvrpcpb.ScanLockResponse;
import io.tikvdirect.proto.kvrpcpb.ScanRequest;
import io.tikvdirect.proto.kvrpcpb.ScanResponse;
import io.tikvdirect.proto.kvrpcpb.TxnHeartBeatRequest;
import io.tikvdirect.proto.kvrpcpb.TxnHeartBeatResponse;
import io.tikvdirect.proto.kvrpcpb.UnsafeDestroyRangeRequest;
import io.tikvdirect.proto.kvrpcpb.UnsafeDestroyRangeResponse;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest.Request;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest.Request.CmdCase;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse.Response;

/** Confined to its caller; what it registers is thread-safe. The table of the transactional commands of one store. */
final class TxnService {
    private final TxnAccess txn;

    TxnService(TxnAccess txn) {
        this.txn = txn;
    }

    void addTo(CommandTable table) {
        addReads(table, new TxnReadCommands(txn));
        TxnWriteCommands writes = new TxnWriteCommands(txn);
        addWrites(table, writes);
        addStatus(table, writes);
        addLocks(table, new TxnLockCommands(txn));
        addRanges(table, new TxnRangeCommands(txn));
    }

    private static void addReads(CommandTable table, TxnReadCommands to) {
        table.add(
                CommandTable.at(CmdCase.GET, Request::getGet, Response.Builder::setGet),
                "KvGet",
                GetRequest.getDefaultInstance(),
                GetResponse.getDefaultInstance(),
                GetRequest::getContext,
                to::get);
        table.add(
                CommandTable.at(CmdCase.BATCHGET, Request::getBatchGet, Response.Builder::setBatchGet),
                "KvBatchGet",
                BatchGetRequest.getDefaultInstance(),
                BatchGetResponse.getDefaultInstance(),
                BatchGetRequest::getContext,
                to::batchGet);
        table.add(
                CommandTable.at(CmdCase.SCAN, Request::getScan, Response.Builder::setScan),
                "KvScan",
                ScanRequest.getDefaultInstance(),
                ScanResponse.getDefaultInstance(),
                ScanRequest::getContext,
                to::scan);
        table.add(
                CommandTable.at(
                        CmdCase.BUFFERBATCHGET, Request::getBufferBatchGet, Response.Builder::setBufferBatchGet),
                "KvBufferBatchGet",
                BufferBatchGetRequest.getDefaultInstance(),
                BufferBatchGetResponse.getDefaultInstance(),
                BufferBatchGetRequest::getContext,
                to::bufferBatchGet);
    }

    private static void addWrites(CommandTable table, TxnWriteCommands to) {
        table.add(
                CommandTable.at(CmdCase.PREWRITE, Request::getPrewrite, Response.Builder::setPrewrite),
                "KvPrewrite",
                PrewriteRequest.getDefaultInstance(),
                PrewriteResponse.getDefaultInstance(),
                PrewriteRequest::getContext,
                to::prewrite);
        table.add(
                CommandTable.at(CmdCase.FLUSH, Request::getFlush, Response.Builder::setFlush),
                "KvFlush",
                FlushRequest.getDefaultInstance(),
                FlushResponse.getDefaultInstance(),
                FlushRequest::getContext,
                to::flush);
        table.add(
                CommandTable.at(CmdCase.COMMIT, Request::getCommit, Response.Builder::setCommit),
                "KvCommit",
                CommitRequest.getDefaultInstance(),
                CommitResponse.getDefaultInstance(),
                CommitRequest::getContext,
                to::commit);
        table.add(
                CommandTable.at(CmdCase.BATCHROLLBACK, Request::getBatchRollback, Response.Builder::setBatchRollback),
                "KvBatchRollback",
                BatchRollbackRequest.getDefaultInstance(),
                BatchRollbackResponse.getDefaultInstance(),
                BatchRollbackRequest::getContext,
                to::rollback);
        table.add(
                CommandTable.at(CmdCase.CLEANUP, Request::getCleanup, Response.Builder::setCleanup),
                "KvCleanup",
                CleanupRequest.getDefaultInstance(),
                CleanupResponse.getDefaultInstance(),
                CleanupRequest::getContext,
                to::cleanup);
        table.addLater(
                CommandTable.at(
                        CmdCase.PESSIMISTICLOCK, Request::getPessimisticLock, Response.Builder::setPessimisticLock),
                "KvPessimisticLock",
                PessimisticLockRequest.getDefaultInstance(),
                PessimisticLockResponse.getDefaultInstance(),
                PessimisticLockRequest::getContext,
                to::lock);
    }

    private static void addStatus(CommandTable table, TxnWriteCommands to) {
        table.add(
                CommandTable.at(
                        CmdCase.CHECKTXNSTATUS, Request::getCheckTxnStatus, Response.Builder::setCheckTxnStatus),
                "KvCheckTxnStatus",
                CheckTxnStatusRequest.getDefaultInstance(),
                CheckTxnStatusResponse.getDefaultInstance(),
                CheckTxnStatusRequest::getContext,
                to::checkStatus);
        table.add(
                CommandTable.at(
                        CmdCase.CHECKSECONDARYLOCKS,
                        Request::getCheckSecondaryLocks,
                        Response.Builder::setCheckSecondaryLocks),
                "KvCheckSecondaryLocks",
                CheckSecondaryLocksRequest.getDefaultInstance(),
                CheckSecondaryLocksResponse.getDefaultInstance(),
                CheckSecondaryLocksRequest::getContext,
                to::checkSecondaryLocks);
        table.add(
                CommandTable.at(CmdCase.TXNHEARTBEAT, Request::getTxnHeartBeat, Response.Builder::setTxnHeartBeat),
                "KvTxnHeartBeat",
                TxnHeartBeatRequest.getDefaultInstance(),
                TxnHeartBeatResponse.getDefaultInstance(),
                TxnHeartBeatRequest::getContext,
                to::heartBeat);
    }

    private static void addLocks(CommandTable table, TxnLockCommands to) {
        table.add(
                CommandTable.at(CmdCase.SCANLOCK, Request::getScanLock, Response.Builder::setScanLock),
                "KvScanLock",
                ScanLockRequest.getDefaultInstance(),
                ScanLockResponse.getDefaultInstance(),
                ScanLockRequest::getContext,
                to::scan);
        table.add(
                CommandTable.at(CmdCase.RESOLVELOCK, Request::getResolveLock, Response.Builder::setResolveLock),
                "KvResolveLock",
                ResolveLockRequest.getDefaultInstance(),
                ResolveLockResponse.getDefaultInstance(),
                ResolveLockRequest::getContext,
                to::resolve);
        table.add(
                CommandTable.at(
                        CmdCase.PESSIMISTICROLLBACK,
                        Request::getPessimisticRollback,
                        Response.Builder::setPessimisticRollback),
                "KVPessimisticRollback",
                PessimisticRollbackRequest.getDefaultInstance(),
                PessimisticRollbackResponse.getDefaultInstance(),
                PessimisticRollbackRequest::getContext,
                to::rollbackPessimistic);
        table.add(
                "MvccGetByKey",
                MvccGetByKeyRequest.getDefaultInstance(),
                MvccGetByKeyResponse.getDefaultInstance(),
                MvccGetByKeyRequest::getContext,
                to::byKey);
        table.add(
                "MvccGetByStartTs",
                MvccGetByStartTsRequest.getDefaultInstance(),
                MvccGetByStartTsResponse.getDefaultInstance(),
                MvccGetByStartTsRequest::getContext,
                to::byStartTs);
    }

    private static void addRanges(CommandTable table, TxnRangeCommands to) {
        table.add(
                CommandTable.at(CmdCase.DELETERANGE, Request::getDeleteRange, Response.Builder::setDeleteRange),
                "KvDeleteRange",
                DeleteRangeRequest.getDefaultInstance(),
                DeleteRangeResponse.getDefaultInstance(),
                DeleteRangeRequest::getContext,
                to::delete);
        table.add(
                "UnsafeDestroyRange",
                UnsafeDestroyRangeRequest.getDefaultInstance(),
                UnsafeDestroyRangeResponse.getDefaultInstance(),
                UnsafeDestroyRangeRequest::getContext,
                to::destroy);
        table.add(
                CommandTable.at(
                        CmdCase.PREPAREFLASHBACKTOVERSION,
                        Request::getPrepareFlashbackToVersion,
                        Response.Builder::setPrepareFlashbackToVersion),
                "KvPrepareFlashbackToVersion",
                PrepareFlashbackToVersionRequest.getDefaultInstance(),
                PrepareFlashbackToVersionResponse.getDefaultInstance(),
                PrepareFlashbackToVersionRequest::getContext,
                to::prepareFlashback);
        table.add(
                CommandTable.at(
                        CmdCase.FLASHBACKTOVERSION,
                        Request::getFlashbackToVersion,
                        Response.Builder::setFlashbackToVersion),
                "KvFlashbackToVersion",
                FlashbackToVersionRequest.getDefaultInstance(),
                FlashbackToVersionResponse.getDefaultInstance(),
                FlashbackToVersionRequest::getContext,
                to::flashback);
    }
}
