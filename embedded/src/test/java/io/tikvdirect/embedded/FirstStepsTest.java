package io.tikvdirect.embedded;

import static io.tikvdirect.embedded.PlainClient.bytes;
import static io.tikvdirect.embedded.PlainClient.context;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.proto.kvrpcpb.RawGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.pdpb.GetMembersRequest;
import io.tikvdirect.proto.pdpb.GetMembersResponse;
import io.tikvdirect.proto.pdpb.GetRegionRequest;
import io.tikvdirect.proto.pdpb.GetRegionResponse;
import io.tikvdirect.proto.pdpb.RequestHeader;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse;
import org.junit.jupiter.api.Test;

class FirstStepsTest {
    @Test
    void clientFindsItsRegionAndReadsWhatItWrote() throws Exception {
        try (EmbeddedCluster cluster =
                        EmbeddedCluster.builder().stores(3).regions(8).start();
                PlainClient pd = PlainClient.ofPd(cluster)) {
            long clusterId = pd.pd(
                            "GetMembers",
                            GetMembersRequest.getDefaultInstance(),
                            GetMembersResponse.getDefaultInstance())
                    .getHeader()
                    .getClusterId();
            assertThat(clusterId).isEqualTo(cluster.clusterId());
            GetRegionResponse found = pd.pd(
                    "GetRegion",
                    GetRegionRequest.newBuilder()
                            .setHeader(RequestHeader.newBuilder().setClusterId(clusterId))
                            .setRegionKey(bytes("key"))
                            .build(),
                    GetRegionResponse.getDefaultInstance());
            EmbeddedRegion region = cluster.regionOf(PlainClient.raw("key"));
            assertThat(found.getRegion().getId()).isEqualTo(region.id());
            assertThat(found.getLeader().getStoreId()).isEqualTo(region.leaderStoreId());
            try (PlainClient store = new PlainClient(cluster.stores().stream()
                    .filter(candidate -> candidate.id() == region.leaderStoreId())
                    .findFirst()
                    .orElseThrow()
                    .address())) {
                assertThat(store.put(context(cluster, region), "key", "value").hasRegionError())
                        .isFalse();
                assertThat(store.get(context(cluster, region), "key").getValue())
                        .isEqualTo(bytes("value"));
            }
        }
    }

    @Test
    void requestsOfOneBatchAreAnsweredTogether() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start();
                PlainClient store = PlainClient.ofStore(cluster, 0)) {
            var context = context(cluster, cluster.regions().get(0));
            var stream = store.batchCommands();
            stream.send(BatchCommandsRequest.newBuilder()
                    .addRequestIds(7)
                    .addRequests(BatchCommandsRequest.Request.newBuilder()
                            .setRawPut(RawPutRequest.newBuilder()
                                    .setContext(context)
                                    .setKey(bytes("k"))
                                    .setValue(bytes("v"))))
                    .addRequestIds(9)
                    .addRequests(BatchCommandsRequest.Request.newBuilder()
                            .setRawGet(RawGetRequest.newBuilder()
                                    .setContext(context)
                                    .setKey(bytes("k"))))
                    .build());
            BatchCommandsResponse answer = stream.next();
            assertThat(answer.getRequestIdsList()).containsExactly(7L, 9L);
            assertThat(answer.getResponses(1).getRawGet().getValue()).isEqualTo(bytes("v"));
            assertThat(answer.hasHealthFeedback()).isTrue();
            stream.call().halfClose();
            assertThat(stream.status().isOk()).isTrue();
        }
    }
}
