package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.internal.serving.Command;
import io.tikvdirect.embedded.internal.serving.ServiceBuilder;
import io.tikvdirect.embedded.internal.txn.LockResolution;
import io.tikvdirect.proto.kvrpcpb.BroadcastTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.BroadcastTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.CheckLeaderRequest;
import io.tikvdirect.proto.kvrpcpb.CheckLeaderResponse;
import io.tikvdirect.proto.kvrpcpb.GetHealthFeedbackRequest;
import io.tikvdirect.proto.kvrpcpb.GetHealthFeedbackResponse;
import io.tikvdirect.proto.kvrpcpb.GetLockWaitInfoRequest;
import io.tikvdirect.proto.kvrpcpb.GetLockWaitInfoResponse;
import io.tikvdirect.proto.kvrpcpb.RawBatchDeleteRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchDeleteResponse;
import io.tikvdirect.proto.kvrpcpb.RawBatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawBatchPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchPutResponse;
import io.tikvdirect.proto.kvrpcpb.RawBatchScanRequest;
import io.tikvdirect.proto.kvrpcpb.RawBatchScanResponse;
import io.tikvdirect.proto.kvrpcpb.RawCASRequest;
import io.tikvdirect.proto.kvrpcpb.RawCASResponse;
import io.tikvdirect.proto.kvrpcpb.RawChecksumRequest;
import io.tikvdirect.proto.kvrpcpb.RawChecksumResponse;
import io.tikvdirect.proto.kvrpcpb.RawCoprocessorRequest;
import io.tikvdirect.proto.kvrpcpb.RawCoprocessorResponse;
import io.tikvdirect.proto.kvrpcpb.RawDeleteRangeRequest;
import io.tikvdirect.proto.kvrpcpb.RawDeleteRangeResponse;
import io.tikvdirect.proto.kvrpcpb.RawDeleteRequest;
import io.tikvdirect.proto.kvrpcpb.RawDeleteResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutResponse;
import io.tikvdirect.proto.kvrpcpb.RawScanRequest;
import io.tikvdirect.proto.kvrpcpb.RawScanResponse;
import io.tikvdirect.proto.kvrpcpb.SplitRegionRequest;
import io.tikvdirect.proto.kvrpcpb.SplitRegionResponse;
import io.tikvdirect.proto.kvrpcpb.StoreSafeTSRequest;
import io.tikvdirect.proto.kvrpcpb.StoreSafeTSResponse;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest.Request;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest.Request.CmdCase;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse.Response;

/** Confined to its caller; what it registers is thread-safe. The table of all that one store answers. */
public final class StoreService {
    private final CommandTable table;
    private final RegionCheck check;
    private final StoreStatus status;

    /** The service of store {@code storeId}. */
    public StoreService(StoreParts parts, long storeId) {
        this.check = new RegionCheck(parts.clusterId(), storeId, parts.regions(), parts.flashbacks());
        this.table = new CommandTable(check);
        LockResolution locks = new LockResolution(parts.txn());
        this.status = new StoreStatus(
                storeId,
                () -> parts.safeTimestamps().ofStore(parts.regions().now(), storeId, locks::oldestStart),
                parts.txn());
        RawAccess raw = new RawAccess(parts, check);
        addPoints(new RawPointCommands(raw));
        addBatches(new RawBatchCommands(raw));
        addScans(new RawScanCommands(raw));
        addRanges(new RawRangeCommands(raw));
        addRegions(new RegionCommands(parts, check));
        new TxnService(new TxnAccess(parts, check, storeId)).addTo(table);
        addStatus();
    }

    /** Registers everything with a gRPC service. */
    public ServiceBuilder register(ServiceBuilder service) {
        return table.register(service, status::health);
    }

    private void addPoints(RawPointCommands to) {
        table.add(
                CommandTable.at(CmdCase.RAWGET, Request::getRawGet, Response.Builder::setRawGet),
                "RawGet",
                RawGetRequest.getDefaultInstance(),
                RawGetResponse.getDefaultInstance(),
                RawGetRequest::getContext,
                to::get);
        table.add(
                CommandTable.at(CmdCase.RAWPUT, Request::getRawPut, Response.Builder::setRawPut),
                "RawPut",
                RawPutRequest.getDefaultInstance(),
                RawPutResponse.getDefaultInstance(),
                RawPutRequest::getContext,
                to::put);
        table.add(
                CommandTable.at(CmdCase.RAWDELETE, Request::getRawDelete, Response.Builder::setRawDelete),
                "RawDelete",
                RawDeleteRequest.getDefaultInstance(),
                RawDeleteResponse.getDefaultInstance(),
                RawDeleteRequest::getContext,
                to::delete);
        table.add(
                "RawGetKeyTTL",
                RawGetKeyTTLRequest.getDefaultInstance(),
                RawGetKeyTTLResponse.getDefaultInstance(),
                RawGetKeyTTLRequest::getContext,
                to::keyTtl);
        table.add(
                "RawCompareAndSwap",
                RawCASRequest.getDefaultInstance(),
                RawCASResponse.getDefaultInstance(),
                RawCASRequest::getContext,
                to::compareAndSwap);
    }

    private void addBatches(RawBatchCommands to) {
        table.add(
                CommandTable.at(CmdCase.RAWBATCHGET, Request::getRawBatchGet, Response.Builder::setRawBatchGet),
                "RawBatchGet",
                RawBatchGetRequest.getDefaultInstance(),
                RawBatchGetResponse.getDefaultInstance(),
                RawBatchGetRequest::getContext,
                to::get);
        table.add(
                CommandTable.at(CmdCase.RAWBATCHPUT, Request::getRawBatchPut, Response.Builder::setRawBatchPut),
                "RawBatchPut",
                RawBatchPutRequest.getDefaultInstance(),
                RawBatchPutResponse.getDefaultInstance(),
                RawBatchPutRequest::getContext,
                to::put);
        table.add(
                CommandTable.at(
                        CmdCase.RAWBATCHDELETE, Request::getRawBatchDelete, Response.Builder::setRawBatchDelete),
                "RawBatchDelete",
                RawBatchDeleteRequest.getDefaultInstance(),
                RawBatchDeleteResponse.getDefaultInstance(),
                RawBatchDeleteRequest::getContext,
                to::delete);
    }

    private void addScans(RawScanCommands to) {
        table.add(
                CommandTable.at(CmdCase.RAWSCAN, Request::getRawScan, Response.Builder::setRawScan),
                "RawScan",
                RawScanRequest.getDefaultInstance(),
                RawScanResponse.getDefaultInstance(),
                RawScanRequest::getContext,
                to::scan);
        table.add(
                CommandTable.at(CmdCase.RAWBATCHSCAN, Request::getRawBatchScan, Response.Builder::setRawBatchScan),
                "RawBatchScan",
                RawBatchScanRequest.getDefaultInstance(),
                RawBatchScanResponse.getDefaultInstance(),
                RawBatchScanRequest::getContext,
                to::batchScan);
    }

    private void addRanges(RawRangeCommands to) {
        table.add(
                CommandTable.at(
                        CmdCase.RAWDELETERANGE, Request::getRawDeleteRange, Response.Builder::setRawDeleteRange),
                "RawDeleteRange",
                RawDeleteRangeRequest.getDefaultInstance(),
                RawDeleteRangeResponse.getDefaultInstance(),
                RawDeleteRangeRequest::getContext,
                to::delete);
        table.add(
                "RawChecksum",
                RawChecksumRequest.getDefaultInstance(),
                RawChecksumResponse.getDefaultInstance(),
                RawChecksumRequest::getContext,
                to::checksum);
        table.add(
                CommandTable.at(
                        CmdCase.RAWCOPROCESSOR, Request::getRawCoprocessor, Response.Builder::setRawCoprocessor),
                "RawCoprocessor",
                RawCoprocessorRequest.getDefaultInstance(),
                RawCoprocessorResponse.getDefaultInstance(),
                RawCoprocessorRequest::getContext,
                to::coprocessor);
    }

    private void addRegions(RegionCommands to) {
        table.add(
                "SplitRegion",
                SplitRegionRequest.getDefaultInstance(),
                SplitRegionResponse.getDefaultInstance(),
                SplitRegionRequest::getContext,
                to::split);
    }

    private void addStatus() {
        table.add(
                CommandTable.at(
                        CmdCase.GETHEALTHFEEDBACK,
                        Request::getGetHealthFeedback,
                        Response.Builder::setGetHealthFeedback),
                new Command<>(
                        "GetHealthFeedback",
                        GetHealthFeedbackRequest.getDefaultInstance(),
                        GetHealthFeedbackResponse.getDefaultInstance(),
                        status::healthFeedback,
                        request -> 0));
        table.add(
                CommandTable.at(
                        CmdCase.BROADCASTTXNSTATUS,
                        Request::getBroadcastTxnStatus,
                        Response.Builder::setBroadcastTxnStatus),
                new Command<>(
                        "BroadcastTxnStatus",
                        BroadcastTxnStatusRequest.getDefaultInstance(),
                        BroadcastTxnStatusResponse.getDefaultInstance(),
                        status::broadcastTxnStatus,
                        request -> 0));
        table.add(new Command<>(
                "GetStoreSafeTS",
                StoreSafeTSRequest.getDefaultInstance(),
                StoreSafeTSResponse.getDefaultInstance(),
                status::safeTs,
                request -> 0));
        table.add(new Command<>(
                "CheckLeader",
                CheckLeaderRequest.getDefaultInstance(),
                CheckLeaderResponse.getDefaultInstance(),
                status::checkLeader,
                request -> 0));
        table.add(new Command<>(
                "GetLockWaitInfo",
                GetLockWaitInfoRequest.getDefaultInstance(),
                GetLockWaitInfoResponse.getDefaultInstance(),
                status::lockWaitInfo,
                request -> 0));
    }
}
