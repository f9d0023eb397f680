package io.tikvdirect.integration.behaviour;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tikvdirect.client.ConfigBuilder;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.RawScanner;
import io.tikvdirect.client.raw.ScanOptions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A client on a server, for tests that are written once against the public API and run on every server. Each test works
 * under a fresh random prefix, so that a cluster with other data in it can be used.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(BehaviourReport.class)
@Timeout(300)
abstract class ServerBehaviour {
    final ServerUnderTest server;
    final TikvClient client;
    final RawClient raw;
    private String prefix = "";

    ServerBehaviour(ServerUnderTest server) {
        this.server = server;
        try {
            this.client = open(inKeyspace());
        } catch (TikvException e) {
            server.close();
            throw e;
        }
        this.raw = client.raw();
    }

    /** How the tests' client is configured. */
    final ConfigBuilder inKeyspace() {
        ConfigBuilder config = server.config();
        return server.features().contains(ServerFeature.KEYSPACES)
                ? config.keyspace(server.keyspaces().get(0))
                : config;
    }

    static TikvClient open(ConfigBuilder config) {
        return TikvClient.open(config.build());
    }

    ServerUnderTest server() {
        return server;
    }

    @BeforeEach
    void choosePrefix() {
        prefix = "behaviour/" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + "/";
    }

    @AfterEach
    void removeWhatWasWritten() {
        try (RawScanner scanner = raw.scanner(all(), ScanOptions.unlimited().keysOnly())) {
            while (scanner.hasNext()) {
                raw.delete(scanner.next().key());
            }
        }
    }

    @AfterAll
    void close() {
        client.close();
        server.close();
    }

    final void fill(int count) {
        raw.batchPut(IntStream.range(0, count)
                .mapToObj(i -> new KvPair(key(i), bytes("v" + i)))
                .toList());
    }

    /** Splits where the server can; the same reads and writes must hold on one region too. */
    final void splitAt(int... indexes) {
        if (server.features().contains(ServerFeature.PD_SPLIT)) {
            client.splitRegions(Arrays.stream(indexes).mapToObj(this::key).toList());
        }
    }

    final List<String> scannedKeys(KeyRange range, ScanOptions options) {
        return raw.scan(range, options).stream()
                .map(pair -> new String(pair.key(), UTF_8))
                .toList();
    }

    final KeyRange all() {
        return KeyRange.prefix(bytes(prefix));
    }

    final String name(int i) {
        return prefix + String.format("%06d", i);
    }

    final byte[] key(int i) {
        return bytes(name(i));
    }

    final byte[] key(String name) {
        return bytes(prefix + name);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
