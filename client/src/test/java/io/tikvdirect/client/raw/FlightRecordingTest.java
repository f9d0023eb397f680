package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording holds about the client. */
class FlightRecordingTest {
    private static final String SECRET = "secret-of-somebody";

    @TempDir
    Path folder;

    @Test
    void itTellsOfLostConnectionsBackOffsAndSlowRequests() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(1).start();
                Recording recording = new Recording()) {
            for (String event : List.of("ConnectionLost", "BackOff", "SlowRequests")) {
                recording.enable("tikvdirect." + event);
            }
            recording.start();
            try (TikvClient client = TestClients.open(
                    cluster,
                    "slow.after",
                    "20ms",
                    "store.probe-timeout",
                    "0",
                    "timeout",
                    "2m",
                    "close.timeout",
                    "10ms")) {
                client.raw().put(bytes(SECRET), bytes("v"));
                cluster.faults().on("RawGet").times(1).resetBefore();
                assertThat(client.raw().get(bytes(SECRET))).isEqualTo(bytes("v"));
                cluster.faults().on("RawGet").times(1).dropBefore();
                long slowBefore = client.metrics().slowRequests(); // those before may have been slow too
                CompletableFuture<byte[]> unanswered =
                        client.raw().async().get(bytes(SECRET)).toCompletableFuture();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> client.metrics().slowRequests() > slowBefore);
                assertThat(unanswered).isNotDone();
                cluster.stopStore(1);
                RawClient impatient = client.raw().with(RawOptions.DEFAULT.withTimeout(Duration.ofSeconds(1)));
                assertThatThrownBy(() -> impatient.get(bytes(SECRET))).isInstanceOf(TikvException.class);
            }
            recording.stop();
            Path file = folder.resolve("client.jfr");
            recording.dump(file);
            checkEvents(RecordingFile.readAllEvents(file));
        }
    }

    private static void checkEvents(List<RecordedEvent> events) {
        assertThat(named(events, "ConnectionLost")).isNotEmpty().allSatisfy(lost -> {
            assertThat(lost.getLong("store")).isEqualTo(1);
            assertThat(lost.getString("why")).isNotEmpty();
        });
        assertThat(named(events, "BackOff")).isNotEmpty().allSatisfy(backOff -> {
            assertThat(backOff.getString("kind")).isNotEmpty();
            assertThat(backOff.getDuration("delay")).isPositive();
        });
        assertThat(named(events, "SlowRequests")).isNotEmpty().allSatisfy(slow -> {
            assertThat(slow.getInt("count")).isPositive();
            assertThat(slow.getString("oldest")).doesNotContain(SECRET);
        });
        // On a busy machine the put before it may be slow too and tell of itself
        assertThat(named(events, "SlowRequests"))
                .anySatisfy(slow -> assertThat(slow.getString("oldest")).contains("raw_get"));
    }

    private static List<RecordedEvent> named(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("tikvdirect." + name))
                .toList();
    }
}
