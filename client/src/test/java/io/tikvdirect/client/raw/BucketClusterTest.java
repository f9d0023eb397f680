package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.proto.errorpb.BucketVersionNotMatch;
import io.tikvdirect.proto.errorpb.Error;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Buckets between a client and a cluster. */
class BucketClusterTest {

    private static EmbeddedCluster cluster() throws Exception {
        return EmbeddedCluster.builder()
                .stores(3)
                .splitKeys(List.of(bytes("m")))
                .start();
    }

    private static long regionOf(EmbeddedCluster cluster, String key) {
        return cluster.regionOf(bytes(key)).id();
    }

    @Test
    void aRangeIsCutWhereRegionsAndBucketsMeet() throws Exception {
        try (EmbeddedCluster cluster = cluster()) {
            cluster.cutIntoBuckets(regionOf(cluster, "a"), List.of(bytes("d"), bytes("h")));
            try (TikvClient client = TestClients.open(cluster, "regions.buckets", "true");
                    TikvClient without = TestClients.open(cluster)) {
                assertThat(client.parts(KeyRange.all()))
                        .containsExactly(
                                KeyRange.of(bytes(""), bytes("d")),
                                KeyRange.of(bytes("d"), bytes("h")),
                                KeyRange.of(bytes("h"), bytes("m")),
                                KeyRange.from(bytes("m")));
                assertThat(client.parts(KeyRange.of(bytes("f"), bytes("x"))))
                        .containsExactly(
                                KeyRange.of(bytes("f"), bytes("h")),
                                KeyRange.of(bytes("h"), bytes("m")),
                                KeyRange.of(bytes("m"), bytes("x")));
                assertThat(client.parts(KeyRange.of(bytes("x"), bytes("x")))).isEmpty();
                assertThat(without.parts(KeyRange.all()))
                        .containsExactly(KeyRange.of(bytes(""), bytes("m")), KeyRange.from(bytes("m")));
            }
        }
    }

    @Test
    void aStoreThatFindsTheVersionOldTeachesTheClientTheNewOne() throws Exception {
        try (EmbeddedCluster cluster = cluster()) {
            long region = regionOf(cluster, "a");
            cluster.cutIntoBuckets(region, List.of(bytes("d")));
            try (TikvClient client = TestClients.open(cluster, "regions.buckets", "true")) {
                client.raw().put(bytes("a"), bytes("1"));
                cluster.cutIntoBuckets(region, List.of(bytes("b"), bytes("f")));
                assertThat(client.raw().get(bytes("a"))).isEqualTo(bytes("1"));
                assertThat(client.parts(KeyRange.of(bytes(""), bytes("m"))))
                        .containsExactly(
                                KeyRange.of(bytes(""), bytes("b")),
                                KeyRange.of(bytes("b"), bytes("f")),
                                KeyRange.of(bytes("f"), bytes("m")));
                client.raw().put(bytes("a"), bytes("2"));
                assertThat(client.metrics().backoffs())
                        .as("no pause was needed")
                        .isZero();
            }
        }
    }

    @Test
    void aMismatchThatNamesNoBucketsEndsNoCall() throws Exception {
        try (EmbeddedCluster cluster = cluster()) {
            cluster.cutIntoBuckets(regionOf(cluster, "a"), List.of(bytes("d")));
            try (TikvClient client = TestClients.open(cluster, "regions.buckets", "true")) {
                client.raw().put(bytes("a"), bytes("1"));
                cluster.faults()
                        .on("RawGet")
                        .times(1)
                        .regionError(Error.newBuilder()
                                .setMessage("buckets")
                                .setBucketVersionNotMatch(
                                        BucketVersionNotMatch.newBuilder().setVersion(9))
                                .build());
                assertThat(client.raw().get(bytes("a"))).isEqualTo(bytes("1"));
            }
        }
    }

    @Test
    void inAKeyspacePartsAreUserKeys() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder()
                        .apiVersion(EmbeddedApiVersion.V2)
                        .keyspaces("tenant")
                        .start();
                TikvClient client =
                        TestClients.open(cluster, "regions.buckets", "true", "api", "v2", "keyspace", "tenant")) {
            client.splitRegions(List.of(bytes("k")));
            assertThat(client.parts(KeyRange.all()))
                    .containsExactly(KeyRange.of(bytes(""), bytes("k")), KeyRange.from(bytes("k")));
        }
    }
}
