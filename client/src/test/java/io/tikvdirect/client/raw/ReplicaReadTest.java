package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.ReplicaRead;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.ReadIndexNotReady;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Raw reads that other replicas than the leader serve. */
class ReplicaReadTest {
    private EmbeddedCluster cluster;
    private TikvClient client;
    private RawClient leaders;
    private RawClient followers;

    /** By command, who got it. */
    private final ConcurrentMap<String, Set<Long>> seen = new ConcurrentHashMap<>();

    @BeforeEach
    void open() throws Exception {
        cluster = EmbeddedCluster.builder()
                .stores(3)
                .apiVersion(EmbeddedApiVersion.V1TTL)
                .leadersOnFirstStore()
                .splitKeys(List.of(bytes("m")))
                .start();
        client = TestClients.open(cluster, "api", "v1ttl");
        leaders = client.raw();
        followers = leaders.with(RawOptions.DEFAULT.withReplicaRead(ReplicaRead.FOLLOWER));
        for (String key : List.of("a", "b", "y", "z")) {
            leaders.put(bytes(key), bytes(key));
        }
        cluster.faults()
                .onAny()
                .where(site -> {
                    if (site.rpc().startsWith("Raw")) {
                        seen.computeIfAbsent(site.rpc(), rpc -> ConcurrentHashMap.newKeySet())
                                .add(site.storeId());
                    }
                    return false;
                })
                .delay(Duration.ofMillis(1));
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    private long leader() {
        return cluster.regionOf(bytes("a")).leaderStoreId();
    }

    @Test
    void readsOfAllFacesGoToFollowersAndSeeTheNewest() throws Exception {
        for (int i = 0; i < 30; i++) {
            leaders.put(bytes("a"), bytes("v" + i));
            assertThat(followers.get(bytes("a"))).isEqualTo(bytes("v" + i));
        }
        assertThat(followers.batchGet(List.of(bytes("b"), bytes("y")))).containsExactly(bytes("b"), bytes("y"));
        assertThat(followers.scan(KeyRange.from(bytes("b")), ScanOptions.limit(10)))
                .hasSize(3);
        assertThat(followers.scan(KeyRange.all(), ScanOptions.limit(10).reversed()))
                .hasSize(4);
        assertThat(followers.keyTtl(bytes("b"))).isEqualTo(KeyTtl.NO_EXPIRY);
        assertThat(followers.async().get(bytes("z")).toCompletableFuture().get(20, TimeUnit.SECONDS))
                .isEqualTo(bytes("z"));
        assertThat(direct()).isEqualTo(bytes("b"));

        assertThat(seen.get("RawGet")).as("thirty times, each time one of two").containsExactlyInAnyOrder(2L, 3L);
        for (String read : List.of("RawGet", "RawBatchGet", "RawScan", "RawGetKeyTTL")) {
            assertThat(seen.get(read)).as(read).doesNotContain(leader());
        }
    }

    private byte[] direct() throws Exception {
        CompletableFuture<byte[]> value = new CompletableFuture<>();
        KeyBuffer key = new KeyBuffer();
        key.append(bytes("b"));
        followers.direct().get(key, 0, 1, 0, new DirectCallback() {
            @Override
            public void onCompleted(long correlationId, ResultView view) {
                value.complete(view.copyValue(0));
            }

            @Override
            public void onFailed(long correlationId, io.tikvdirect.client.TikvException failure) {
                value.completeExceptionally(failure);
            }
        });
        return value.get(20, TimeUnit.SECONDS);
    }

    @Test
    void allElseIsTheLeaders() {
        followers.put(bytes("a"), bytes("1"));
        followers.batchPut(List.of(new KvPair(bytes("b"), bytes("2"))));
        followers.delete(bytes("z"));
        followers.checksum(KeyRange.all());
        followers.deleteRange(KeyRange.from(bytes("y")));
        RawClient atomic = followers.with(followers.options().withAtomic(true));
        assertThat(atomic.compareAndSwap(bytes("a"), bytes("1"), bytes("3")).swapped())
                .isTrue();
        leaders.get(bytes("a"));
        assertThat(seen.values()).allSatisfy(stores -> assertThat(stores).containsExactly(leader()));
    }

    @Test
    void whatAFollowerCannotServeTheLeaderDoes() {
        cluster.faults()
                .on("RawGet")
                .where(site -> site.storeId() != leader())
                .regionError(Error.newBuilder()
                        .setMessage("read index not ready")
                        .setReadIndexNotReady(ReadIndexNotReady.getDefaultInstance())
                        .build());
        assertThat(followers.get(bytes("a"))).isEqualTo(bytes("a"));
        assertThat(seen.get("RawGet")).contains(leader()).hasSize(2);
    }

    @Test
    void withoutFollowersOrWithNewRegionsReadsGoOn() {
        cluster.stopStore(2);
        for (int i = 0; i < 10; i++) {
            assertThat(followers.get(bytes("a"))).isEqualTo(bytes("a"));
        }
        cluster.split(bytes("b"));
        cluster.transferLeader(cluster.regionOf(bytes("a")).id(), 3);
        assertThat(followers.scan(KeyRange.all(), ScanOptions.limit(10))).hasSize(4);
        assertThat(followers.batchGet(List.of(bytes("a"), bytes("b"), bytes("z"))))
                .doesNotContainNull();
    }
}
