package io.tikvdirect.embedded;

import static io.tikvdirect.embedded.PlainClient.bytes;
import static io.tikvdirect.embedded.PlainClient.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import io.grpc.StatusRuntimeException;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.BatchRollbackResponse;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksRequest;
import io.tikvdirect.proto.kvrpcpb.CheckSecondaryLocksResponse;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusResponse;
import io.tikvdirect.proto.kvrpcpb.CommitRequest;
import io.tikvdirect.proto.kvrpcpb.CommitResponse;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.GetRequest;
import io.tikvdirect.proto.kvrpcpb.GetResponse;
import io.tikvdirect.proto.kvrpcpb.ImportRequest;
import io.tikvdirect.proto.kvrpcpb.ImportResponse;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetKeyTTLResponse;
import io.tikvdirect.proto.kvrpcpb.RequestOrigin;
import io.tikvdirect.proto.kvrpcpb.ScanLockRequest;
import io.tikvdirect.proto.kvrpcpb.ScanLockResponse;
import io.tikvdirect.proto.kvrpcpb.UnsafeDestroyRangeRequest;
import io.tikvdirect.proto.kvrpcpb.UnsafeDestroyRangeResponse;
import io.tikvdirect.proto.pdpb.TsoRequest;
import io.tikvdirect.proto.pdpb.TsoResponse;
import io.tikvdirect.proto.resource_manager.PutResourceGroupRequest;
import io.tikvdirect.proto.resource_manager.PutResourceGroupResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The requests that end the process of a real TiKV or PD ({@code vectors/SURPRISES.md}, 1 to 6) are answered with an
 * error here, and nothing comes of them.
 */
class FatalRequestsTest {
    @RegisterExtension
    static final EmbeddedClusterExtension TIKV = new EmbeddedClusterExtension(
            builder -> builder.apiVersion(EmbeddedApiVersion.V1).stores(1));

    private static final long START_TS = 10;
    private static final long LATER = 1L << 40; // some hours, as a difference of timestamps

    private final EmbeddedCluster cluster = TIKV.cluster();
    private final Context context = context(cluster, cluster.regions().get(0));
    private final PlainClient store = PlainClient.ofStore(cluster, 0);

    @AfterEach
    void close() {
        store.close();
    }

    private static Mutation mutation(Op op, String key) {
        return Mutation.newBuilder()
                .setOp(op)
                .setKey(bytes(key))
                .setValue(bytes("v"))
                .build();
    }

    private static PrewriteRequest.Builder prewrite(Mutation... mutations) {
        PrewriteRequest.Builder request = PrewriteRequest.newBuilder()
                .setPrimaryLock(bytes("k"))
                .setStartVersion(START_TS)
                .setLockTtl(3000);
        for (Mutation mutation : mutations) {
            request.addMutations(mutation);
        }
        return request;
    }

    private void refused(PrewriteRequest.Builder request) {
        PrewriteResponse answer =
                store.tikv("KvPrewrite", request.setContext(context).build(), PrewriteResponse.getDefaultInstance());
        assertThat(answer.getErrorsList()).hasSize(1);
        assertThat(answer.getErrors(0).getAbort()).isNotEmpty();
        assertThat(locks(START_TS).getLocksList()).isEmpty();
    }

    private static void refused(KeyError error) {
        assertThat(error.getAbort()).isNotEmpty();
    }

    private ScanLockResponse locks(long maxVersion) {
        return store.tikv(
                "KvScanLock",
                ScanLockRequest.newBuilder()
                        .setContext(context)
                        .setMaxVersion(maxVersion)
                        .build(),
                ScanLockResponse.getDefaultInstance());
    }

    @Test
    void transactionalWritesWithoutKeys() {
        refused(prewrite());
        refused(prewrite(mutation(Op.Put, "k")).setForUpdateTs(START_TS)); // pessimistic, and no actions
        refused(store.tikv(
                        "KvCommit",
                        CommitRequest.newBuilder()
                                .setContext(context)
                                .setStartVersion(START_TS)
                                .setCommitVersion(START_TS + 1)
                                .build(),
                        CommitResponse.getDefaultInstance())
                .getError());
        refused(store.tikv(
                        "KvBatchRollback",
                        BatchRollbackRequest.newBuilder()
                                .setContext(context)
                                .setStartVersion(START_TS)
                                .build(),
                        BatchRollbackResponse.getDefaultInstance())
                .getError());
        refused(store.tikv(
                        "KvCheckSecondaryLocks",
                        CheckSecondaryLocksRequest.newBuilder()
                                .setContext(context)
                                .setStartVersion(START_TS)
                                .build(),
                        CheckSecondaryLocksResponse.getDefaultInstance())
                .getError());
    }

    @Test
    void mutationsThatNobodyMayAskFor() {
        refused(prewrite(mutation(Op.Rollback, "k")));
        refused(prewrite(mutation(Op.Put, "k"), mutation(Op.Put, "k")));
        refused(prewrite(mutation(Op.Put, "")));
        PessimisticLockResponse locked = store.tikv(
                "KvPessimisticLock",
                PessimisticLockRequest.newBuilder()
                        .setContext(context)
                        .addMutations(mutation(Op.Put, "k"))
                        .setPrimaryLock(bytes("k"))
                        .setStartVersion(START_TS)
                        .setForUpdateTs(START_TS)
                        .build(),
                PessimisticLockResponse.getDefaultInstance());
        assertThat(locked.getErrorsList()).hasSize(1);
        refused(locked.getErrors(0));
    }

    @Test
    void timestampsAheadOfPd() throws InterruptedException {
        long now = timestamp();
        CheckTxnStatusRequest status = CheckTxnStatusRequest.newBuilder()
                .setContext(context)
                .setPrimaryKey(bytes("nobody's"))
                .setLockTs(START_TS)
                .setRollbackIfNotExist(true)
                .build();
        served(check(status.toBuilder().setCurrentTs(now).setCallerStartTs(-1)).getRegionError());
        ahead(check(status.toBuilder().setLockTs(now + LATER)).getRegionError());
        ahead(check(status.toBuilder().setCurrentTs(now + LATER)).getRegionError());
        ahead(check(status.toBuilder().setCallerStartTs(now + LATER)).getRegionError());
        ahead(store.tikv(
                        "KvCheckSecondaryLocks",
                        CheckSecondaryLocksRequest.newBuilder()
                                .setContext(context)
                                .addKeys(bytes("k"))
                                .setStartVersion(now + LATER)
                                .build(),
                        CheckSecondaryLocksResponse.getDefaultInstance())
                .getRegionError());
        ahead(locks(now + LATER).getRegionError());
        served(locks(now).getRegionError());
        served(locks(-1).getRegionError()); // the maximum is no timestamp
    }

    @Test
    void readsAndTidbMayBeAheadOfPdByAMinute() throws InterruptedException {
        long almost = timestamp() + (59_000L << 18);
        Context ofTidb = context.toBuilder()
                .setRequestOrigin(RequestOrigin.RequestOriginTiDB)
                .build();
        CheckTxnStatusRequest.Builder status = CheckTxnStatusRequest.newBuilder()
                .setContext(ofTidb)
                .setPrimaryKey(bytes("nobody's"))
                .setLockTs(START_TS)
                .setRollbackIfNotExist(true);
        served(check(status.setCurrentTs(almost)).getRegionError());
        ahead(check(status.setCurrentTs(almost + LATER)).getRegionError());
        served(get(almost).getRegionError());
        ahead(get(almost + LATER).getRegionError());
        served(get(-1).getRegionError());
    }

    private static void ahead(Error error) {
        assertThat(error.getMessage()).contains("invalid max_ts update");
    }

    private static void served(Error error) {
        assertThat(error).isEqualTo(Error.getDefaultInstance());
    }

    private CheckTxnStatusResponse check(CheckTxnStatusRequest.Builder request) {
        return store.tikv("KvCheckTxnStatus", request.build(), CheckTxnStatusResponse.getDefaultInstance());
    }

    private GetResponse get(long version) {
        return store.tikv(
                "KvGet",
                GetRequest.newBuilder()
                        .setContext(context)
                        .setKey(bytes("k"))
                        .setVersion(version)
                        .build(),
                GetResponse.getDefaultInstance());
    }

    private long timestamp() throws InterruptedException {
        try (PlainClient pd = PlainClient.ofPd(cluster)) {
            TsoRequest.Builder one = TsoRequest.newBuilder().setCount(1);
            one.getHeaderBuilder().setClusterId(cluster.clusterId());
            var stream = pd.stream("pdpb.PD", "Tso", one.build(), TsoResponse.getDefaultInstance());
            stream.send(one.build());
            TsoResponse answer = stream.next();
            return (answer.getTimestamp().getPhysical() << 18)
                    + answer.getTimestamp().getLogical();
        }
    }

    @Test
    void rawAndRangeCommands() {
        RawGetKeyTTLResponse ttl = store.tikv(
                "RawGetKeyTTL",
                RawGetKeyTTLRequest.newBuilder()
                        .setContext(context)
                        .setKey(bytes("k"))
                        .build(),
                RawGetKeyTTLResponse.getDefaultInstance());
        assertThat(ttl.getError()).isNotEmpty();
        UnsafeDestroyRangeResponse destroyed = store.tikv(
                "UnsafeDestroyRange",
                UnsafeDestroyRangeRequest.newBuilder()
                        .setContext(context)
                        .setStartKey(bytes("b"))
                        .setEndKey(bytes("a"))
                        .build(),
                UnsafeDestroyRangeResponse.getDefaultInstance());
        assertThat(destroyed.getError()).isNotEmpty();
        notServed("KvImport", ImportRequest.getDefaultInstance(), ImportResponse.getDefaultInstance());
    }

    private void notServed(String rpc, Message request, Message response) {
        assertThatThrownBy(() -> store.tikv(rpc, request, response))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("UNIMPLEMENTED");
    }

    @Test
    void aResourceGroupWithoutAGroup() {
        try (PlainClient pd = PlainClient.ofPd(cluster)) {
            assertThatThrownBy(() -> pd.call(
                            "resource_manager.ResourceManager",
                            "AddResourceGroup",
                            PutResourceGroupRequest.getDefaultInstance(),
                            PutResourceGroupResponse.getDefaultInstance()))
                    .isInstanceOf(StatusRuntimeException.class)
                    .hasMessageContaining("needs a name");
        }
    }
}
