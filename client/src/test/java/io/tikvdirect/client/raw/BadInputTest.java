package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.ClusterMismatchException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.codec.buffer.KeyBuffer;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What callers and configurations can get wrong: each a clear typed error, nothing sent, nothing left behind. */
class BadInputTest {

    private static EmbeddedCluster cluster;
    private static TikvClient client;
    private static RawClient raw;

    @BeforeAll
    static void open() throws Exception {
        cluster = EmbeddedCluster.builder().start();
        client = TestClients.open(cluster);
        raw = client.raw();
    }

    @AfterAll
    static void close() {
        client.close();
        cluster.close();
    }

    @Test
    void keysValuesAndLimitsOutOfBounds() {
        byte[] longest = new byte[8_192];
        byte[] tooLong = new byte[8_193];
        byte[] tooLarge = new byte[9 << 20];
        raw.put(longest, bytes("v"));
        assertThat(raw.get(longest)).isEqualTo(bytes("v"));
        refused(() -> raw.get(new byte[0]));
        refused(() -> raw.get(tooLong));
        refused(() -> raw.put(bytes("k"), tooLarge));
        refused(() -> raw.put(bytes("k"), bytes("v"), Duration.ofSeconds(-1)));
        refused(() -> raw.delete(new byte[0]));
        refused(() -> raw.batchGet(List.of(bytes("k"), new byte[0])));
        refused(() -> raw.batchPut(List.of(new KvPair(bytes("k"), null))));
        refused(() -> raw.batchDelete(List.of(tooLong)));
        refused(() -> raw.scan(KeyRange.all(), ScanOptions.limit(10_241)));
        KeyBuffer key = new KeyBuffer();
        refused(() -> raw.direct().get(key, 0, 0, 0, null));
        refused(() -> raw.direct().batchGet(new DirectBatch(), 0, new DirectCallback() {
            @Override
            public void onCompleted(long correlationId, ResultView view) {}

            @Override
            public void onFailed(long correlationId, TikvException failure) {}
        }));
        assertThatThrownBy(() -> ScanOptions.limit(0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(client.metrics().inFlight()).isZero();
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void noPlacementDriverAtTheAddress() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        opensNot("127.0.0.1:" + port);
    }

    @Test
    void aPortThatIsNotHttp2() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Thread greeter = new Thread(() -> greet(server));
            greeter.setDaemon(true);
            greeter.start();
            opensNot("127.0.0.1:" + server.getLocalPort());
        }
    }

    private static void greet(ServerSocket server) {
        try {
            while (true) {
                Socket socket = server.accept();
                OutputStream out = socket.getOutputStream();
                out.write("SSH-2.0-OpenSSH_9.6\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
        } catch (java.io.IOException closed) {
            // the test is over
        }
    }

    @Test
    void tlsAgainstAPlaintextPort() {
        Set<String> before = threads();
        assertThatThrownBy(() -> TikvClient.open(Config.builder()
                        .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                        .set("tls.enabled", "true")
                        .set("timeout", "3s")
                        .build()))
                .isInstanceOf(TikvException.class);
        assertThat(threads()).isEqualTo(before);
    }

    @Test
    void anotherCluster() {
        assertThatThrownBy(() -> TestClients.open(cluster, "cluster.id", "42"))
                .isInstanceOf(ClusterMismatchException.class);
    }

    /** A failed opening names its reason and leaves no thread. */
    private static void opensNot(String address) {
        Set<String> before = threads();
        assertThatThrownBy(() -> TikvClient.open(Config.builder()
                        .set("pd.addresses", address)
                        .set("timeout", "3s")
                        .build()))
                .isInstanceOf(TikvException.class);
        assertThat(threads()).isEqualTo(before);
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tikv-direct"))
                .map(thread -> thread.getName() + "#" + System.identityHashCode(thread))
                .collect(Collectors.toSet());
    }
}
