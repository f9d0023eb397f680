package io.tikvdirect.embedded;

import static io.tikvdirect.embedded.PlainClient.context;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.kvrpcpb.Context;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RegionCheckTest {
    @RegisterExtension
    static final EmbeddedClusterExtension TIKV =
            new EmbeddedClusterExtension(builder -> builder.stores(3).leadersOnFirstStore());

    /** A defect of a context and the error that it alone is answered by; in the order in which stores check. */
    enum Defect {
        STORE(context -> context.setPeer(context.getPeer().toBuilder().setStoreId(77)), "store_not_match"),
        REGION(context -> context.setRegionId(99), "region_not_found"),
        PEER(context -> context.setPeer(context.getPeer().toBuilder().setId(88)), "mismatch_peer_id"),
        TERM(context -> context.setTerm(1), "stale_command"),
        VERSION(
                context -> context.setRegionEpoch(
                        context.getRegionEpoch().toBuilder().setVersion(400)),
                "epoch_not_match");

        final Consumer<Context.Builder> apply;
        final String error;

        Defect(Consumer<Context.Builder> apply, String error) {
            this.apply = apply;
            this.error = error;
        }
    }

    @ParameterizedTest
    @EnumSource
    void earlierDefectHidesLaterOnes(Defect first) throws Exception {
        EmbeddedCluster cluster = TIKV.cluster();
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            Context.Builder context = context(cluster, cluster.regions().get(0)).toBuilder();
            for (Defect defect : Defect.values()) {
                if (defect.ordinal() >= first.ordinal()) {
                    defect.apply.accept(context);
                }
            }
            assertThat(kind(store.get(context.build(), "k").getRegionError())).isEqualTo(first.error);
            assertThat(kind(store.put(context.build(), "k", "v").getRegionError()))
                    .isEqualTo(first.error);
        }
    }

    @Test
    void followerNamesTheLeaderAndServesReplicaReads() throws Exception {
        EmbeddedCluster cluster = TIKV.cluster();
        EmbeddedRegion region = cluster.regions().get(0);
        try (PlainClient leader = PlainClient.ofStore(cluster, 0);
                PlainClient follower = PlainClient.ofStore(cluster, 1)) {
            leader.put(context(cluster, region), "replica", "read");
            Context atFollower =
                    context(cluster, region, cluster.stores().get(1).id());
            Error error = follower.get(atFollower, "replica").getRegionError();
            assertThat(error.getNotLeader().getLeader().getStoreId()).isEqualTo(region.leaderStoreId());
            Context replica = atFollower.toBuilder().setReplicaRead(true).build();
            assertThat(follower.get(replica, "replica").getValue()).isEqualTo(PlainClient.bytes("read"));
            assertThat(kind(follower.put(replica, "replica", "write").getRegionError()))
                    .isEqualTo("not_leader");
        }
    }

    @Test
    void confVerIsNotComparedButVersionIs() throws Exception {
        EmbeddedCluster cluster = TIKV.cluster();
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            Context.Builder context = context(cluster, cluster.regions().get(0)).toBuilder();
            context.getRegionEpochBuilder().setConfVer(99);
            assertThat(store.get(context.build(), "absent").getNotFound()).isTrue();
        }
    }

    @Test
    void anotherClustersIdIsAnInvalidArgument() throws Exception {
        EmbeddedCluster cluster = TIKV.cluster();
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            Context foreign = context(cluster, cluster.regions().get(0)).toBuilder()
                    .setClusterId(5)
                    .build();
            assertThatThrownBy(() -> store.get(foreign, "k"))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, failure -> assertThat(
                                    failure.getStatus().getCode())
                            .isEqualTo(Status.Code.INVALID_ARGUMENT));
        }
    }

    static String kind(Error error) {
        return error.getAllFields().keySet().stream()
                .map(field -> field.getName())
                .filter(name -> !name.equals("message"))
                .findFirst()
                .orElse("none");
    }
}
