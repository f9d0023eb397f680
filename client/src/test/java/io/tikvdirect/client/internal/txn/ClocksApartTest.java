package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionClient;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two clients, one of whose clocks races while the other's stands still: what ends first is ordered first (TXN-12). */
@Timeout(120)
class ClocksApartTest {

    private static EmbeddedCluster cluster;
    private static TikvClient racing;
    private static TikvClient standing;
    private static final Map<Long, Long> MIN_COMMITS = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.builder().stores(2).start();
        long startNs = System.nanoTime();
        racing = open(() -> startNs + (System.nanoTime() - startNs) * 1_000);
        standing = open(() -> startNs);
        cluster.faults()
                .on("KvPrewrite")
                .where(site -> {
                    PrewriteRequest request = (PrewriteRequest) site.request();
                    MIN_COMMITS.put(request.getStartVersion(), request.getMinCommitTs());
                    return false;
                })
                .fail(Status.INTERNAL);
    }

    private static TikvClient open(LongSupplier clock) {
        TikvClient client = TikvClient.open(Config.builder()
                .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                .set("timeout", "30s")
                .set("loops", "1")
                .build());
        try (Transaction any = client.transactions().begin()) {
            Rules usual = Rules.DEFAULT;
            ((TransactionFace) any)
                    .core()
                    .engine()
                    .rules(new Rules(clock, usual.beatMs(), usual.splitKeys(), usual.splitBytes()));
        }
        return client;
    }

    @AfterAll
    static void stop() throws Exception {
        racing.close();
        standing.close();
        cluster.close();
    }

    private static byte[] key(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatEndsFirstIsOrderedFirst(boolean onePhase) {
        TransactionOptions options =
                TransactionOptions.DEFAULT.withAsyncCommit(true).withOnePhaseCommit(onePhase);
        for (int round = 0; round < 10; round++) {
            TransactionClient first = (round % 2 == 0 ? racing : standing).transactions();
            TransactionClient second = (round % 2 == 0 ? standing : racing).transactions();
            try (Transaction later = second.begin(options);
                    Transaction causal = second.begin(options.withCausalConsistency(true))) {
                // this read makes the stores commit nothing before it
                assertThat(first.snapshot(first.timestamp()).get(key("none"))).isNull();
                Timestamp ended;
                try (Transaction earlier = first.begin(options)) {
                    earlier.put(key("a" + round), new byte[] {1});
                    ended = earlier.commit();
                }
                later.put(key("b" + round), new byte[] {1});
                assertThat(later.commit()).isGreaterThan(ended);
                assertThat(MIN_COMMITS.get(later.startTimestamp().version())).isGreaterThan(ended.version());

                causal.put(key("c" + round), new byte[] {1});
                causal.commit();
                assertThat(MIN_COMMITS.get(causal.startTimestamp().version()))
                        .isEqualTo(causal.startTimestamp().version() + 1);
                assertThat(second.snapshot(second.timestamp()).get(key("a" + round)))
                        .isEqualTo(new byte[] {1});
            }
        }
    }
}
