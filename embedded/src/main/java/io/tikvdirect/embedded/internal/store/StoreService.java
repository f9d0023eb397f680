package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.Message;
import io.tikvdirect.embedded.internal.serving.BatchedCommand;
import io.tikvdirect.embedded.internal.serving.Command;
import io.tikvdirect.embedded.internal.serving.ServiceBuilder;
import io.tikvdirect.proto.kvrpcpb.BroadcastTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.BroadcastTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.CheckLeaderRequest;
import io.tikvdirect.proto.kvrpcpb.CheckLeaderResponse;
import io.tikvdirect.proto.kvrpcpb.Context;
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
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Confined to its caller; what it registers is thread-safe. The table of all that one store answers. */
public final class StoreService {
    private final List<Command<?, ?>> commands = new ArrayList<>();
    private final List<BatchedCommand<?, ?>> batched = new ArrayList<>();
    private final RegionCheck check;
    private final StoreStatus status;

    /** The service of store {@code storeId}. */
    public StoreService(StoreParts parts, long storeId) {
        this.check = new RegionCheck(parts.clusterId(), storeId, parts.regions());
        this.status = new StoreStatus(storeId, parts.timestamps());
        RawAccess raw = new RawAccess(parts, check);
        addPoints(new RawPointCommands(raw));
        addBatches(new RawBatchCommands(raw));
        addScans(new RawScanCommands(raw));
        addRanges(new RawRangeCommands(raw));
        addRegions(new RegionCommands(parts, check));
        addStatus();
    }

    /** Registers everything with a gRPC service. */
    public ServiceBuilder register(ServiceBuilder service) {
        commands.forEach(service::add);
        return service.addBatchCommands(batched, status::health);
    }

    private void addPoints(RawPointCommands to) {
        add(
                CmdCase.RAWGET,
                "RawGet",
                RawGetRequest.getDefaultInstance(),
                RawGetResponse.getDefaultInstance(),
                RawGetRequest::getContext,
                to::get,
                Request::getRawGet,
                Response.Builder::setRawGet);
        add(
                CmdCase.RAWPUT,
                "RawPut",
                RawPutRequest.getDefaultInstance(),
                RawPutResponse.getDefaultInstance(),
                RawPutRequest::getContext,
                to::put,
                Request::getRawPut,
                Response.Builder::setRawPut);
        add(
                CmdCase.RAWDELETE,
                "RawDelete",
                RawDeleteRequest.getDefaultInstance(),
                RawDeleteResponse.getDefaultInstance(),
                RawDeleteRequest::getContext,
                to::delete,
                Request::getRawDelete,
                Response.Builder::setRawDelete);
        add(
                "RawGetKeyTTL",
                RawGetKeyTTLRequest.getDefaultInstance(),
                RawGetKeyTTLResponse.getDefaultInstance(),
                RawGetKeyTTLRequest::getContext,
                to::keyTtl);
        add(
                "RawCompareAndSwap",
                RawCASRequest.getDefaultInstance(),
                RawCASResponse.getDefaultInstance(),
                RawCASRequest::getContext,
                to::compareAndSwap);
    }

    private void addBatches(RawBatchCommands to) {
        add(
                CmdCase.RAWBATCHGET,
                "RawBatchGet",
                RawBatchGetRequest.getDefaultInstance(),
                RawBatchGetResponse.getDefaultInstance(),
                RawBatchGetRequest::getContext,
                to::get,
                Request::getRawBatchGet,
                Response.Builder::setRawBatchGet);
        add(
                CmdCase.RAWBATCHPUT,
                "RawBatchPut",
                RawBatchPutRequest.getDefaultInstance(),
                RawBatchPutResponse.getDefaultInstance(),
                RawBatchPutRequest::getContext,
                to::put,
                Request::getRawBatchPut,
                Response.Builder::setRawBatchPut);
        add(
                CmdCase.RAWBATCHDELETE,
                "RawBatchDelete",
                RawBatchDeleteRequest.getDefaultInstance(),
                RawBatchDeleteResponse.getDefaultInstance(),
                RawBatchDeleteRequest::getContext,
                to::delete,
                Request::getRawBatchDelete,
                Response.Builder::setRawBatchDelete);
    }

    private void addScans(RawScanCommands to) {
        add(
                CmdCase.RAWSCAN,
                "RawScan",
                RawScanRequest.getDefaultInstance(),
                RawScanResponse.getDefaultInstance(),
                RawScanRequest::getContext,
                to::scan,
                Request::getRawScan,
                Response.Builder::setRawScan);
        add(
                CmdCase.RAWBATCHSCAN,
                "RawBatchScan",
                RawBatchScanRequest.getDefaultInstance(),
                RawBatchScanResponse.getDefaultInstance(),
                RawBatchScanRequest::getContext,
                to::batchScan,
                Request::getRawBatchScan,
                Response.Builder::setRawBatchScan);
    }

    private void addRanges(RawRangeCommands to) {
        add(
                CmdCase.RAWDELETERANGE,
                "RawDeleteRange",
                RawDeleteRangeRequest.getDefaultInstance(),
                RawDeleteRangeResponse.getDefaultInstance(),
                RawDeleteRangeRequest::getContext,
                to::delete,
                Request::getRawDeleteRange,
                Response.Builder::setRawDeleteRange);
        add(
                "RawChecksum",
                RawChecksumRequest.getDefaultInstance(),
                RawChecksumResponse.getDefaultInstance(),
                RawChecksumRequest::getContext,
                to::checksum);
        add(
                CmdCase.RAWCOPROCESSOR,
                "RawCoprocessor",
                RawCoprocessorRequest.getDefaultInstance(),
                RawCoprocessorResponse.getDefaultInstance(),
                RawCoprocessorRequest::getContext,
                to::coprocessor,
                Request::getRawCoprocessor,
                Response.Builder::setRawCoprocessor);
    }

    private void addRegions(RegionCommands to) {
        add(
                "SplitRegion",
                SplitRegionRequest.getDefaultInstance(),
                SplitRegionResponse.getDefaultInstance(),
                SplitRegionRequest::getContext,
                to::split);
    }

    private void addStatus() {
        add(
                CmdCase.GETHEALTHFEEDBACK,
                new Command<>(
                        "GetHealthFeedback",
                        GetHealthFeedbackRequest.getDefaultInstance(),
                        GetHealthFeedbackResponse.getDefaultInstance(),
                        status::healthFeedback,
                        request -> 0),
                Request::getGetHealthFeedback,
                Response.Builder::setGetHealthFeedback);
        add(
                CmdCase.BROADCASTTXNSTATUS,
                new Command<>(
                        "BroadcastTxnStatus",
                        BroadcastTxnStatusRequest.getDefaultInstance(),
                        BroadcastTxnStatusResponse.getDefaultInstance(),
                        status::broadcastTxnStatus,
                        request -> 0),
                Request::getBroadcastTxnStatus,
                Response.Builder::setBroadcastTxnStatus);
        commands.add(new Command<>(
                "GetStoreSafeTS",
                StoreSafeTSRequest.getDefaultInstance(),
                StoreSafeTSResponse.getDefaultInstance(),
                status::safeTs,
                request -> 0));
        commands.add(new Command<>(
                "CheckLeader",
                CheckLeaderRequest.getDefaultInstance(),
                CheckLeaderResponse.getDefaultInstance(),
                status::checkLeader,
                request -> 0));
        commands.add(new Command<>(
                "GetLockWaitInfo",
                GetLockWaitInfoRequest.getDefaultInstance(),
                GetLockWaitInfoResponse.getDefaultInstance(),
                status::lockWaitInfo,
                request -> 0));
    }

    private <Q extends Message, R extends Message> Command<Q, R> add(
            String rpc, Q request, R response, Function<Q, Context> context, StoreCommand.Work<Q, R> work) {
        Command<Q, R> command = StoreCommand.of(rpc, request, response, context, check, work);
        commands.add(command);
        return command;
    }

    private <Q extends Message, R extends Message> void add(
            CmdCase place,
            String rpc,
            Q request,
            R response,
            Function<Q, Context> context,
            StoreCommand.Work<Q, R> work,
            Function<Request, Q> read,
            BiConsumer<Response.Builder, R> write) {
        Command<Q, R> command = add(rpc, request, response, context, work);
        batched.add(new BatchedCommand<>(place, command, read, write));
    }

    private <Q extends Message, R extends Message> void add(
            CmdCase place, Command<Q, R> command, Function<Request, Q> read, BiConsumer<Response.Builder, R> write) {
        commands.add(command);
        batched.add(new BatchedCommand<>(place, command, read, write));
    }
}
