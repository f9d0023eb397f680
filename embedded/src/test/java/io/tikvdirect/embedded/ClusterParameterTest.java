package io.tikvdirect.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(EmbeddedClusterExtension.class)
class ClusterParameterTest {
    private static EmbeddedCluster earlier;

    @RepeatedTest(2)
    void everyMethodGetsTheClassesCluster(EmbeddedCluster cluster) {
        assertThat(cluster.stores()).hasSize(1).allMatch(EmbeddedStore::running);
        assertThat(earlier == null || earlier == cluster).isTrue();
        earlier = cluster;
    }
}
