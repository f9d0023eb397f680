package io.tikvdirect.embedded;

import static io.tikvdirect.embedded.PlainClient.bytes;
import static io.tikvdirect.embedded.PlainClient.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.StatusRuntimeException;
import io.tikvdirect.proto.kvrpcpb.BatchGetRequest;
import io.tikvdirect.proto.kvrpcpb.CommitRequest;
import io.tikvdirect.proto.kvrpcpb.CommitResponse;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.GetRequest;
import io.tikvdirect.proto.kvrpcpb.GetResponse;
import io.tikvdirect.proto.kvrpcpb.Mutation;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockResponse;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockWakeUpMode;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackResponse;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteResponse;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the recorded exchanges cannot show of transactions: several calls at once, faults, leaders that move. */
class TransactionsOverGrpcTest {
    private static PrewriteRequest prewrite(Context context, String key, long startTs) {
        return PrewriteRequest.newBuilder()
                .setContext(context)
                .addMutations(Mutation.newBuilder().setKey(bytes(key)).setValue(bytes("v" + startTs)))
                .setPrimaryLock(bytes(key))
                .setStartVersion(startTs)
                .setLockTtl(3000)
                .build();
    }

    private static PessimisticLockRequest lock(Context context, String key, long startTs, long waitMs) {
        return PessimisticLockRequest.newBuilder()
                .setContext(context)
                .addMutations(Mutation.newBuilder().setOp(Op.PessimisticLock).setKey(bytes(key)))
                .setPrimaryLock(bytes(key))
                .setStartVersion(startTs)
                .setForUpdateTs(startTs)
                .setLockTtl(3000)
                .setWaitTimeout(waitMs)
                .setWakeUpMode(PessimisticLockWakeUpMode.WakeUpModeForceLock)
                .build();
    }

    private static PessimisticRollbackRequest unlock(Context context, String key, long startTs) {
        return PessimisticRollbackRequest.newBuilder()
                .setContext(context)
                .addKeys(bytes(key))
                .setStartVersion(startTs)
                .setForUpdateTs(startTs)
                .build();
    }

    private static GetResponse get(PlainClient store, Context context, String key, long ts) {
        return store.tikv(
                "KvGet",
                GetRequest.newBuilder()
                        .setContext(context)
                        .setKey(bytes(key))
                        .setVersion(ts)
                        .build(),
                GetResponse.getDefaultInstance());
    }

    @Test
    void aWaitingLockDoesNotHoldBackTheRestOfItsBatch() throws Exception {
        try (EmbeddedCluster cluster =
                        EmbeddedCluster.builder().clock(new ManualClock()).start();
                PlainClient store = PlainClient.ofStore(cluster, 0)) {
            Context context = context(cluster, cluster.regions().get(0));
            store.tikv("KvPessimisticLock", lock(context, "a", 10, -1), PessimisticLockResponse.getDefaultInstance());
            var stream = store.batchCommands();
            stream.send(BatchCommandsRequest.newBuilder()
                    .addRequestIds(1)
                    .addRequests(
                            BatchCommandsRequest.Request.newBuilder().setPessimisticLock(lock(context, "a", 20, 1000)))
                    .addRequestIds(2)
                    .addRequests(BatchCommandsRequest.Request.newBuilder()
                            .setBatchGet(BatchGetRequest.newBuilder()
                                    .setContext(context)
                                    .addKeys(bytes("a"))
                                    .setVersion(30)))
                    .build());

            BatchCommandsResponse first = stream.next();
            assertThat(first.getRequestIdsList()).containsExactly(2L);
            store.tikv(
                    "KVPessimisticRollback",
                    unlock(context, "a", 10),
                    PessimisticRollbackResponse.getDefaultInstance());
            BatchCommandsResponse second = stream.next();
            assertThat(second.getRequestIdsList()).containsExactly(1L);
            assertThat(second.getResponses(0).getPessimisticLock().getErrorsList())
                    .isEmpty();
        }
    }

    @Test
    void aWaiterThatWouldGetTheLockIsSentAwayWhenTheLeaderHasMoved() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder()
                        .stores(2)
                        .leadersOnFirstStore()
                        .clock(new ManualClock())
                        .start();
                PlainClient first = PlainClient.ofStore(cluster, 0);
                PlainClient second = PlainClient.ofStore(cluster, 1)) {
            EmbeddedRegion region = cluster.regions().get(0);
            Context before = context(cluster, region);
            first.tikv("KvPessimisticLock", lock(before, "a", 10, -1), PessimisticLockResponse.getDefaultInstance());
            var stream = first.batchCommands();
            stream.send(BatchCommandsRequest.newBuilder()
                    .addRequestIds(1)
                    .addRequests(
                            BatchCommandsRequest.Request.newBuilder().setPessimisticLock(lock(before, "a", 20, 1000)))
                    .addRequestIds(2)
                    .addRequests(BatchCommandsRequest.Request.getDefaultInstance())
                    .build());
            assertThat(stream.next().getRequestIdsList()).containsExactly(2L);

            long other = cluster.stores().get(1).id();
            cluster.transferLeader(region.id(), other);
            Context after = context(cluster, cluster.regions().get(0));
            second.tikv(
                    "KVPessimisticRollback", unlock(after, "a", 10), PessimisticRollbackResponse.getDefaultInstance());

            PessimisticLockResponse answer = stream.next().getResponses(0).getPessimisticLock();
            assertThat(answer.getRegionError().hasNotLeader()).isTrue();
        }
    }

    @Test
    void aDroppedAnswerLeavesThePrewriteBehind() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start();
                PlainClient store = PlainClient.ofStore(cluster, 0)) {
            Context context = context(cluster, cluster.regions().get(0));
            cluster.faults().on("KvPrewrite").times(1).resetAfter();

            StatusRuntimeException lost = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> store.tikv("KvPrewrite", prewrite(context, "a", 10), PrewriteResponse.getDefaultInstance()));

            assertThat(lost).isNotNull();
            assertThat(get(store, context, "a", 20).getError().getLocked().getLockVersion())
                    .isEqualTo(10);
        }
    }

    @Test
    void followersServeStaleReadsOnceTheyWereTold() throws Exception {
        ManualClock clock = new ManualClock();
        try (EmbeddedCluster cluster = EmbeddedCluster.builder()
                        .stores(2)
                        .leadersOnFirstStore()
                        .clock(clock)
                        .resolvedTsInterval(Duration.ofSeconds(1))
                        .start();
                PlainClient leader = PlainClient.ofStore(cluster, 0);
                PlainClient follower = PlainClient.ofStore(cluster, 1)) {
            EmbeddedRegion region = cluster.regions().get(0);
            Context context = context(cluster, region);
            leader.tikv("KvPrewrite", prewrite(context, "a", 10), PrewriteResponse.getDefaultInstance());
            leader.tikv(
                    "KvCommit",
                    CommitRequest.newBuilder()
                            .setContext(context)
                            .addKeys(bytes("a"))
                            .setStartVersion(10)
                            .setCommitVersion(20)
                            .build(),
                    CommitResponse.getDefaultInstance());
            Context stale = context(cluster, region, cluster.stores().get(1).id()).toBuilder()
                    .setStaleRead(true)
                    .build();

            assertThat(get(follower, stale, "a", 30).getRegionError().hasDataIsNotReady())
                    .isTrue();
            clock.advance(Duration.ofSeconds(1));
            assertThat(get(follower, stale, "a", 30).getValue()).isEqualTo(bytes("v10"));
        }
    }
}
