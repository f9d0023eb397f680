package io.tikvdirect.embedded;

import static io.tikvdirect.embedded.PlainClient.context;
import static io.tikvdirect.embedded.PlainClient.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.pdpb.GetAllStoresRequest;
import io.tikvdirect.proto.pdpb.GetAllStoresResponse;
import io.tikvdirect.proto.pdpb.RequestHeader;
import io.tikvdirect.proto.pdpb.ScatterRegionRequest;
import io.tikvdirect.proto.pdpb.ScatterRegionResponse;
import io.tikvdirect.proto.pdpb.SplitRegionsRequest;
import io.tikvdirect.proto.pdpb.SplitRegionsResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopologyChangesTest {
    @RegisterExtension
    final EmbeddedClusterExtension tikv =
            new EmbeddedClusterExtension(builder -> builder.stores(3).leadersOnFirstStore());

    @Test
    void splitGivesTheLeftPartANewIdAndRaisesBothVersions() throws Exception {
        EmbeddedCluster cluster = tikv.cluster();
        EmbeddedRegion before = cluster.regions().get(0);
        EmbeddedRegion right = cluster.split(raw("m"));
        EmbeddedRegion left = cluster.regionOf(raw("a"));
        assertThat(right.id()).isEqualTo(before.id());
        assertThat(left.id()).isNotEqualTo(before.id());
        assertThat(List.of(left.version(), right.version())).containsOnly(before.version() + 1);
        assertThat(left.endKey()).isEqualTo(right.startKey()).isEqualTo(raw("m"));
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            Error error = store.get(context(cluster, before), "x").getRegionError();
            assertThat(error.getEpochNotMatch().getCurrentRegionsList())
                    .extracting(region -> region.getId())
                    .containsExactly(right.id(), left.id());
        }
    }

    @Test
    void mergedAwayRegionIsGoneAndItsDataServedByTheTarget() throws Exception {
        EmbeddedCluster cluster = tikv.cluster();
        EmbeddedRegion right = cluster.split(raw("m"));
        EmbeddedRegion left = cluster.regionOf(raw("a"));
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            store.put(context(cluster, right), "x", "1");
            cluster.merge(right.id(), left.id());
            EmbeddedRegion target = cluster.regionOf(raw("x"));
            assertThat(target.id()).isEqualTo(left.id());
            assertThat(target.version()).isEqualTo(left.version() + 2);
            assertThat(RegionCheckTest.kind(
                            store.get(context(cluster, right), "x").getRegionError()))
                    .isEqualTo("region_not_found");
            assertThat(store.get(context(cluster, target), "x").getValue()).isEqualTo(PlainClient.bytes("1"));
        }
    }

    @Test
    void regionsThatAreNotAdjacentCantMerge() {
        EmbeddedCluster cluster = tikv.cluster();
        cluster.split(raw("d"));
        cluster.split(raw("m"));
        List<EmbeddedRegion> regions = cluster.regions();
        assertThatThrownBy(
                        () -> cluster.merge(regions.get(0).id(), regions.get(2).id()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(cluster.regions()).hasSize(3);
    }

    @Test
    void leaderTransferKeepsTheEpochAndTheOldLeaderPointsToTheNew() throws Exception {
        EmbeddedCluster cluster = tikv.cluster();
        EmbeddedRegion before = cluster.regions().get(0);
        long other = cluster.stores().get(2).id();
        cluster.transferLeader(before.id(), other);
        EmbeddedRegion after = cluster.regions().get(0);
        assertThat(after.version()).isEqualTo(before.version());
        assertThat(after.leaderStoreId()).isEqualTo(other);
        try (PlainClient store = PlainClient.ofStore(cluster, 0)) {
            Error error = store.get(context(cluster, before), "k").getRegionError();
            assertThat(error.getNotLeader().getLeader().getStoreId()).isEqualTo(other);
        }
    }

    @Test
    void stoppedStoreLosesItsLeadersAndComesBackOnItsPort() throws Exception {
        EmbeddedCluster cluster = tikv.cluster();
        EmbeddedStore first = cluster.stores().get(0);
        EmbeddedRegion region = cluster.regions().get(0);
        try (PlainClient store = new PlainClient(first.address())) {
            store.put(context(cluster, region), "k", "v");
            cluster.stopStore(first.id());
            assertThat(cluster.stores().get(0).running()).isFalse();
            assertThat(cluster.regions().get(0).leaderStoreId()).isNotEqualTo(first.id());
            assertThatThrownBy(() -> store.get(context(cluster, region), "k"))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        }
        cluster.startStore(first.id());
        assertThat(cluster.stores().get(0)).isEqualTo(first);
        cluster.transferLeader(region.id(), first.id());
        try (PlainClient store = new PlainClient(first.address())) {
            assertThat(store.get(context(cluster, region), "k").getValue()).isEqualTo(PlainClient.bytes("v"));
        }
    }

    @Test
    void withoutAMajorityNobodyLeads() throws Exception {
        EmbeddedCluster cluster = tikv.cluster();
        cluster.stopStore(cluster.stores().get(0).id());
        cluster.stopStore(cluster.stores().get(1).id());
        EmbeddedRegion region = cluster.regions().get(0);
        assertThat(region.leaderStoreId()).isZero();
        long last = cluster.stores().get(2).id();
        try (PlainClient store = PlainClient.ofStore(cluster, 2)) {
            Error error = store.get(context(cluster, region, last), "k").getRegionError();
            assertThat(error.hasNotLeader()).isTrue();
            assertThat(error.getNotLeader().hasLeader()).isFalse();
        }
        cluster.startStore(cluster.stores().get(0).id());
        assertThat(cluster.regions().get(0).leaderStoreId()).isNotZero();
    }

    @Test
    void movedStoreServesElsewhereAndPdTells() throws Exception {
        EmbeddedCluster cluster = tikv.cluster();
        EmbeddedStore before = cluster.stores().get(1);
        cluster.moveStore(before.id());
        EmbeddedStore after = cluster.stores().get(1);
        assertThat(after.address()).isNotEqualTo(before.address());
        try (PlainClient pd = PlainClient.ofPd(cluster)) {
            assertThat(pd.pd(
                                    "GetAllStores",
                                    GetAllStoresRequest.newBuilder()
                                            .setHeader(header(cluster))
                                            .build(),
                                    GetAllStoresResponse.getDefaultInstance())
                            .getStoresList())
                    .extracting(store -> store.getAddress())
                    .contains(after.address())
                    .doesNotContain(before.address());
        }
    }

    @Test
    void pdSplitsAndScattersOnRequest() throws Exception {
        EmbeddedCluster cluster = tikv.cluster();
        try (PlainClient pd = PlainClient.ofPd(cluster)) {
            SplitRegionsResponse split = pd.pd(
                    "SplitRegions",
                    SplitRegionsRequest.newBuilder()
                            .setHeader(header(cluster))
                            .addSplitKeys(PlainClient.bytes("q"))
                            .build(),
                    SplitRegionsResponse.getDefaultInstance());
            EmbeddedRegion region = cluster.regionOf(raw("q"));
            assertThat(split.getRegionsIdList()).containsExactly(region.id());
            ScatterRegionResponse scattered = pd.pd(
                    "ScatterRegion",
                    ScatterRegionRequest.newBuilder()
                            .setHeader(header(cluster))
                            .addRegionsId(region.id())
                            .build(),
                    ScatterRegionResponse.getDefaultInstance());
            assertThat(scattered.getFinishedPercentage()).isEqualTo(100);
            assertThat(cluster.regionOf(raw("q")).leaderStoreId()).isNotEqualTo(region.leaderStoreId());
        }
    }

    @Test
    void pdComesBackOnItsPortAndKnowsTheRegions() throws Exception {
        EmbeddedCluster cluster = tikv.cluster();
        cluster.split(raw("m"));
        List<String> before = cluster.pdAddresses();
        cluster.stopPd();
        cluster.startPd();
        assertThat(cluster.pdAddresses()).isEqualTo(before);
        pdSplitsAndScattersOnRequest();
    }

    private static RequestHeader header(EmbeddedCluster cluster) {
        return RequestHeader.newBuilder().setClusterId(cluster.clusterId()).build();
    }
}
