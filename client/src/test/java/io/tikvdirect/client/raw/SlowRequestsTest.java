package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.tikvdirect.client.ClientMetrics;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.internal.store.SlowRequests;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Reports of requests that take long. */
class SlowRequestsTest {
    private static final String SECRET = "secret-of-somebody";
    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(SlowRequests.class);

    private final Lines lines = new Lines();
    private EmbeddedCluster cluster;

    /** Thread-safe. Keeps what was written. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final List<String> written = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            written.add(event.getFormattedMessage());
        }
    }

    @BeforeEach
    void start() throws Exception {
        lines.start();
        LOGGER.addAppender(lines);
        LOGGER.setAdditive(false);
        cluster = EmbeddedCluster.builder().stores(1).start();
    }

    @AfterEach
    void stop() {
        cluster.close();
        LOGGER.detachAppender(lines);
        LOGGER.setAdditive(true);
    }

    private TikvClient client(String slow, String hanging, String failed) {
        return TestClients.open(
                cluster,
                "slow.after",
                slow,
                "slow.hanging-after",
                hanging,
                "slow.failed-after",
                failed,
                "store.probe-timeout",
                "0",
                "close.timeout",
                "10ms",
                "timeout",
                "1m");
    }

    @Test
    void aRequestWithoutAnAnswerIsReportedOnceAsSlowAndOnceAsHanging() {
        cluster.faults().on("RawGet").times(1).dropBefore();
        try (TikvClient client = client("50ms", "300ms", "0")) {
            CompletableFuture<byte[]> unanswered =
                    client.raw().async().get(bytes(SECRET)).toCompletableFuture();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> ofTheUnanswered().size() == 2);
            List<String> written = ofTheUnanswered();
            assertThat(written.get(0))
                    .startsWith("1 requests to store 1 127.0.0.1:")
                    .contains("more than 0.05 s");
            assertThat(written.get(1)).contains("hang").contains("more than 0.3 s");
            assertThat(written).allSatisfy(line -> assertThat(line)
                    .contains("operation=raw_get key=(18 bytes) region=")
                    .contains("attempts=1 elapsed=")
                    .doesNotContain(SECRET));
            ClientMetrics metrics = client.metrics();
            assertThat(metrics.slowRequests()).isEqualTo(1);
            assertThat(metrics.hangingRequests()).isEqualTo(1);
            assertThat(unanswered).isNotDone();
            assertThat(client.raw().get(bytes("another")))
                    .as("others are served")
                    .isNull();
        }
        assertThat(ofTheUnanswered()).as("each once").hasSize(2);
    }

    /** On a busy machine other requests may be slow too and tell of themselves. */
    private List<String> ofTheUnanswered() {
        return lines.written.stream()
                .filter(line -> line.contains("key=(18 bytes)"))
                .toList();
    }

    @Test
    void anAttemptThatFailsLateIsReportedThoughTheCallSucceeds() {
        cluster.faults().on("RawGet").times(1).afterDelay(Duration.ofMillis(60)).resetBefore();
        try (TikvClient client = client("0", "0", "50ms")) {
            assertThat(client.raw().get(bytes(SECRET))).isNull();
            assertThat(client.metrics().failedAttempts()).isEqualTo(1);
            assertThat(client.metrics().slowRequests()).isZero();
            assertThat(lines.written)
                    .singleElement()
                    .asString()
                    .startsWith("an attempt failed after ")
                    .contains("operation=raw_get key=(18 bytes)")
                    .doesNotContain(SECRET);
        }
    }

    @Test
    void reportsThatAreTurnedOffAreNotMade() {
        cluster.faults()
                .on("RawGet")
                .times(1)
                .afterDelay(Duration.ofMillis(200))
                .resetBefore();
        try (TikvClient client = client("0", "0", "0")) {
            assertThat(client.raw().get(bytes(SECRET))).isNull();
            ClientMetrics metrics = client.metrics();
            assertThat(metrics.slowRequests() + metrics.hangingRequests() + metrics.failedAttempts())
                    .isZero();
            assertThat(lines.written).isEmpty();
        }
    }
}
