package io.tikvdirect.embedded;

import static io.tikvdirect.embedded.PlainClient.bytes;
import static io.tikvdirect.embedded.PlainClient.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.RawGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FaultPlanTest {
    @RegisterExtension
    static final EmbeddedClusterExtension TIKV = new EmbeddedClusterExtension(builder -> builder.seed(7));

    private final EmbeddedCluster cluster = TIKV.cluster();
    private final FaultPlan faults = cluster.faults();
    private final Context context = context(cluster, cluster.regions().get(0));

    @BeforeEach
    void noFaults() {
        faults.clear();
    }

    private Status.Code putCode(Function<FaultPlan.Selection, FaultRule> effect, String key) {
        FaultRule rule = effect.apply(faults.on("RawPut").times(1));
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            StatusRuntimeException failure =
                    catchThrowableOfType(StatusRuntimeException.class, () -> store.put(context, key, "v"));
            assertThat(rule.fired()).isEqualTo(1);
            return failure == null ? Status.Code.OK : failure.getStatus().getCode();
        } finally {
            rule.remove();
        }
    }

    private boolean exists(String key) {
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            return !store.get(context, key).getNotFound();
        }
    }

    @Test
    void streamResetBeforeExecutionLeavesNothingBehind() {
        assertThat(putCode(FaultPlan.Selection::resetBefore, "rb")).isEqualTo(Status.Code.CANCELLED);
        assertThat(exists("rb")).isFalse();
    }

    @Test
    void streamResetAfterExecutionLeavesTheWrite() {
        assertThat(putCode(FaultPlan.Selection::resetAfter, "ra")).isEqualTo(Status.Code.CANCELLED);
        assertThat(exists("ra")).isTrue();
    }

    @Test
    void connectionClosedBeforeAndAfterExecution() {
        assertThat(putCode(FaultPlan.Selection::closeBefore, "cb")).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(putCode(FaultPlan.Selection::closeAfter, "ca")).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(exists("cb")).isFalse();
        assertThat(exists("ca")).isTrue();
    }

    @Test
    void goAwayLetsThePresentRequestFinish() {
        assertThat(putCode(FaultPlan.Selection::goAway, "ga")).isEqualTo(Status.Code.OK);
        assertThat(exists("ga")).isTrue();
    }

    @Test
    void streamBeyondGoAwayIsSafelySentAgainByGrpc() {
        assertThat(putCode(FaultPlan.Selection::goAwayRefusing, "gr")).isEqualTo(Status.Code.OK);
        assertThat(exists("gr")).isTrue();
    }

    @Test
    void chosenStatusEndsTheCall() {
        assertThat(putCode(rule -> rule.fail(Status.RESOURCE_EXHAUSTED), "f"))
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void droppedRequestsOfABatchAreNeverAnsweredAndTheOthersAre() throws Exception {
        faults.on("RawPut").where(site -> key(site).equals(bytes("db"))).dropBefore();
        faults.on("RawPut").where(site -> key(site).equals(bytes("da"))).dropAfter();
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            var stream = store.batchCommands();
            stream.send(BatchCommandsRequest.newBuilder()
                    .addRequestIds(1)
                    .addRequests(put("db"))
                    .addRequestIds(2)
                    .addRequests(put("da"))
                    .addRequestIds(3)
                    .addRequests(get("da"))
                    .addRequestIds(4)
                    .addRequests(get("db"))
                    .build());
            var answer = stream.next();
            assertThat(answer.getRequestIdsList()).containsExactly(3L, 4L);
            assertThat(answer.getResponses(0).getRawGet().getValue()).isEqualTo(bytes("v"));
            assertThat(answer.getResponses(1).getRawGet().getNotFound()).isTrue();
        }
    }

    @Test
    void delayedRequestOfABatchIsAnsweredAloneAndLater() throws Exception {
        faults.on("RawPut").delay(Duration.ofSeconds(1)); // the other answer is not later on a busy machine either
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            var stream = store.batchCommands();
            stream.send(BatchCommandsRequest.newBuilder()
                    .addRequestIds(1)
                    .addRequests(put("late"))
                    .addRequestIds(2)
                    .addRequests(get("late"))
                    .build());
            assertThat(stream.next().getRequestIdsList()).containsExactly(2L);
            assertThat(stream.next().getRequestIdsList()).containsExactly(1L);
        }
    }

    @Test
    void busyAndOtherRegionErrorsAreAnsweredWithoutExecution() {
        faults.on("RawPut").times(1).serverBusy(Duration.ofMillis(20));
        faults.on("RawPut").notLeader();
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            assertThat(store.put(context, "b", "v")
                            .getRegionError()
                            .getServerIsBusy()
                            .getBackoffMs())
                    .isEqualTo(20);
            assertThat(store.put(context, "b", "v").getRegionError().hasNotLeader())
                    .isTrue();
        }
        assertThat(exists("b")).isFalse();
        assertThat(faults.fired()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void ruleOfTheThirdRequestInOneRegionFiresOnce() {
        FaultRule rule = faults.onAny().region(context.getRegionId()).nth(3).serverBusy(Duration.ZERO);
        FaultRule elsewhere = faults.onAny().region(4711).serverBusy(Duration.ZERO);
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            List<Boolean> busy = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                busy.add(store.get(context, "n").getRegionError().hasServerIsBusy());
            }
            assertThat(busy).containsExactly(false, false, true, false, false);
        }
        assertThat(rule.matched()).isEqualTo(5);
        assertThat(rule.fired()).isEqualTo(1);
        assertThat(elsewhere.matched()).isZero();
    }

    @Test
    void chancesFollowFromTheSeed() throws Exception {
        assertThat(fates(11)).isEqualTo(fates(11)).isNotEqualTo(fates(12)).contains(true, false);
    }

    private static List<Boolean> fates(long seed) throws Exception {
        try (EmbeddedCluster seeded = EmbeddedCluster.builder().seed(seed).start();
                PlainClient store = PlainClient.ofStore(seeded, 0)) {
            seeded.faults().on("RawGet").probability(0.5).notLeader();
            Context context = context(seeded, seeded.regions().get(0));
            List<Boolean> fates = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                fates.add(store.get(context, "k").hasRegionError());
            }
            return fates;
        }
    }

    private static com.google.protobuf.ByteString key(FaultSite site) {
        return ((RawPutRequest) site.request()).getKey();
    }

    private BatchCommandsRequest.Request put(String key) {
        return BatchCommandsRequest.Request.newBuilder()
                .setRawPut(RawPutRequest.newBuilder()
                        .setContext(context)
                        .setKey(bytes(key))
                        .setValue(bytes("v")))
                .build();
    }

    private BatchCommandsRequest.Request get(String key) {
        return BatchCommandsRequest.Request.newBuilder()
                .setRawGet(RawGetRequest.newBuilder().setContext(context).setKey(bytes(key)))
                .build();
    }
}
