package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import io.netty.util.ResourceLeakDetector;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import io.tikvdirect.proto.kvrpcpb.CommitRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** Clients as a whole: how many calls one carries, several in one process, and what one leaves when it closes. */
@Timeout(180)
class ClientsTest {
    private static final int MANY = 100_000;
    /** Event loops, PD's among them, timers, and what the JVM itself starts meanwhile. */
    private static final int FEW_THREADS = 20;

    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = EmbeddedCluster.builder().stores(1).start();
        TxnClusters.split(cluster, TxnClusters.bytes("m"));
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.close();
    }

    @AfterEach
    void forgetRules() {
        cluster.faults().clear();
    }

    private static void put(TikvClient client, String... keysAndValues) {
        try (Transaction transaction = client.transactions().begin()) {
            for (int i = 0; i < keysAndValues.length; i += 2) {
                transaction.put(TxnClusters.bytes(keysAndValues[i]), TxnClusters.bytes(keysAndValues[i + 1]));
            }
            transaction.commit();
        }
    }

    private static byte[] get(TikvClient client, String key) {
        return client.transactions().snapshot(Timestamp.LATEST).get(TxnClusters.bytes(key));
    }

    /** All of them wait for the region of their key, so that a hundred thousand requests need not be served. */
    @Test
    void aHundredThousandCallsAreUnderWayOnFewThreads() throws Exception {
        ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        TikvClient client = TxnClusters.open(
                cluster, "inflight.operations", String.valueOf(MANY), "timeout", "120s", "close.timeout", "0s");
        try {
            AsyncSnapshot snapshot = client.transactions().async().snapshot(Timestamp.LATEST);
            cluster.faults()
                    .onAny()
                    .where(site -> site.storeId() == 0 && site.rpc().contains("Region"))
                    .dropBefore();
            int threads = Thread.getAllStackTraces().size();
            List<CompletableFuture<byte[]>> calls = new ArrayList<>(MANY);
            byte[] key = TxnClusters.bytes("many");
            for (int i = 0; i < MANY; i++) {
                calls.add(snapshot.get(key).toCompletableFuture());
            }
            assertThat(client.metrics().inFlight()).isEqualTo(MANY);
            assertThat(calls).noneMatch(CompletableFuture::isDone);
            assertThat(Thread.getAllStackTraces().size() - threads).isLessThan(FEW_THREADS);
            client.close();
            assertThatThrownBy(() -> CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new))
                            .get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(ClientClosedException.class);
            assertThat(calls).allMatch(CompletableFuture::isCompletedExceptionally);
        } finally {
            client.close();
            ResourceLeakDetector.setLevel(level);
        }
    }

    @Test
    void clientsOfTwoClustersKnowNothingOfEachOther() throws Exception {
        try (EmbeddedCluster other =
                        EmbeddedCluster.builder().stores(1).seed(99).start();
                TikvClient here = TxnClusters.open(cluster);
                TikvClient there = TxnClusters.open(other, "timeout", "120s", "slow.after", "1h")) {
            put(here, "where", "here");
            put(there, "where", "there");
            assertThat(get(here, "where")).isEqualTo(TxnClusters.bytes("here"));
            assertThat(get(there, "where")).isEqualTo(TxnClusters.bytes("there"));
            assertThat(here.clusterId()).isNotEqualTo(there.clusterId());

            cluster.faults().on("KvGet").dropBefore();
            Snapshot hurried = here.transactions()
                    .snapshot(Timestamp.LATEST)
                    .with(SnapshotOptions.DEFAULT.withTimeout(Duration.ofMillis(100)));
            assertThatThrownBy(() -> hurried.get(TxnClusters.bytes("where")))
                    .isInstanceOf(RequestTimeoutException.class);
            assertThat(get(there, "where")).isEqualTo(TxnClusters.bytes("there"));
            // its caller may have given up before the event loop saw the deadline pass
            await().atMost(Duration.ofSeconds(60)).until(() -> here.metrics().timeouts() > 0);
            assertThat(there.metrics().timeouts()).isZero();

            here.close();
            assertThat(get(there, "where")).isEqualTo(TxnClusters.bytes("there"));
        }
    }

    private static boolean commits(Object request, String key) {
        return request instanceof CommitRequest commit && commit.getKeysList().contains(ByteString.copyFromUtf8(key));
    }

    @Test
    void closingWaitsForWhatGoesOnAfterTransactions() throws Exception {
        FaultRule secondary = cluster.faults()
                .on("KvCommit")
                .where(site -> commits(site.request(), "n"))
                .delay(Duration.ofMillis(300));
        try (TikvClient client = TxnClusters.open(cluster, "close.timeout", "60s")) {
            put(client, "a", "1", "n", "1");
        }
        assertThat(secondary.fired()).isPositive();
        FaultRule resolved = cluster.faults().on("KvCheckTxnStatus").delay(Duration.ofMillis(1));
        try (TikvClient other = TxnClusters.open(cluster)) {
            assertThat(get(other, "n")).isEqualTo(TxnClusters.bytes("1"));
        }
        assertThat(resolved.matched()).as("no lock was left").isZero();
    }

    @Test
    void whatIsLeftAtTheEndIsReported() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("io.tikvdirect.client.internal.txn");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            cluster.faults()
                    .on("KvCommit")
                    .where(site -> commits(site.request(), "o"))
                    .dropBefore();
            try (TikvClient client = TxnClusters.open(cluster, "close.timeout", "0s")) {
                put(client, "b", "1", "o", "1");
            }
            cluster.faults().clear();
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage))
                .anyMatch(line -> line.contains("pieces of work after transactions were not done"));
        try (TikvClient other = TxnClusters.open(cluster)) {
            assertThat(get(other, "o")).isEqualTo(TxnClusters.bytes("1"));
        }
    }
}
