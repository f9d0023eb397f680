package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.ConfigurationException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KeyspaceNotFoundException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keyspaces of API V2 by name and by id. The embedded PD counts them from 1 on; 0 is DEFAULT. */
class KeyspaceTest {
    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.builder()
                .apiVersion(EmbeddedApiVersion.V2)
                .keyspaces("one", "two")
                .start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static TikvClient client(String option, String value) {
        return TestClients.open(cluster, "api", "v2", option, value);
    }

    @Test
    void byIdAndByNameAreTheSameKeyspace() {
        try (TikvClient byName = client("keyspace", "two");
                TikvClient byId = client("keyspace.id", "2");
                TikvClient other = client("keyspace.id", "1")) {
            byName.raw().put(bytes("k"), bytes("2"));
            other.raw().put(bytes("k"), bytes("1"));
            assertThat(byId.raw().get(bytes("k"))).isEqualTo(bytes("2"));
            byId.raw().put(bytes("l"), bytes("3"));
            assertThat(byName.raw().scan(KeyRange.all(), ScanOptions.limit(10))).hasSize(2);
            assertThat(other.raw().scan(KeyRange.all(), ScanOptions.limit(10))).hasSize(1);
            byName.raw().deleteRange(KeyRange.all());
            assertThat(byId.raw().get(bytes("l"))).isNull();
            assertThat(other.raw().get(bytes("k"))).isEqualTo(bytes("1"));
        }
    }

    @Test
    void idZeroIsTheDefaultKeyspace() {
        try (TikvClient byId = client("keyspace.id", "0");
                TikvClient unnamed = TestClients.open(cluster, "api", "v2")) {
            byId.raw().put(bytes("d"), bytes("0"));
            assertThat(unnamed.raw().get(bytes("d"))).isEqualTo(bytes("0"));
        }
    }

    @Test
    void anIdThatPdDoesNotKnowIsSaidSo() {
        assertThatThrownBy(() -> client("keyspace.id", "77").close())
                .isInstanceOf(KeyspaceNotFoundException.class)
                .hasMessageContaining("with id 77");
    }

    @Test
    void anIdNeedsApiV2AndNoNameBesideIt() {
        for (String uri : List.of("tikv://pd:2379?keyspace.id=1", "tikv://pd:2379?api=v2&keyspace.id=1&keyspace=one")) {
            assertThatThrownBy(() -> Config.fromUri(uri))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("keyspace.id");
        }
    }
}
