package io.tikvdirect.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.embedded.EmbeddedCluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tikv.common.TiConfiguration;
import org.tikv.common.TiSession;
import org.tikv.kvproto.Kvrpcpb;
import org.tikv.raw.RawKVClient;
import org.tikv.shade.com.google.protobuf.ByteString;

/** The embedded cluster as seen by {@code org.tikv:tikv-client-java}, a client that we did not write. */
@Timeout(600)
class OfficialJavaClientTest {
    private static final int KEYS = 1_000;
    private static final int OPERATIONS = 2_000;
    private static final int OPERATIONS_PER_CHANGE = 10;

    @Test
    void readsItsWritesThroughASplit() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(3).start();
                TiSession session = session(cluster);
                RawKVClient client = session.createRawClient()) {
            for (int i = 0; i < KEYS; i++) {
                client.put(key(i), value(i, 0));
            }
            cluster.split(bytes(key(KEYS / 2)));
            cluster.split(bytes(key(KEYS / 4)));

            assertThat(client.get(key(7))).contains(value(7, 0));
            assertThat(client.get(key(KEYS / 2))).contains(value(KEYS / 2, 0));
            assertThat(client.get(ByteString.copyFromUtf8("absent"))).isEmpty();
            assertThat(scanned(client)).containsExactlyEntriesOf(expected(0));

            client.put(key(KEYS / 2), value(KEYS / 2, 1));
            client.delete(key(3));
            assertThat(client.get(key(KEYS / 2))).contains(value(KEYS / 2, 1));
            assertThat(client.get(key(3))).isEmpty();

            Map<ByteString, ByteString> batch = new HashMap<>();
            List<ByteString> keys = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                batch.put(key(i), value(i, 2));
                keys.add(key(i));
            }
            client.batchPut(batch);
            assertThat(client.batchGet(keys)).hasSize(KEYS).allSatisfy(pair -> assertThat(pair.getValue())
                    .isEqualTo(batch.get(pair.getKey())));
            client.deleteRange(key(0), key(KEYS / 2));
            assertThat(client.scan(key(0), key(KEYS), KEYS)).hasSize(KEYS - KEYS / 2);
        }
    }

    @Test
    void agreesWithAModelWhileRegionsSplitAndLeadersMove() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (EmbeddedCluster cluster =
                        EmbeddedCluster.builder().stores(3).seed(seed).start();
                TiSession session = session(cluster);
                RawKVClient client = session.createRawClient()) {
            // The cluster changes every few operations and not as fast as it can: a client sleeps after each refusal
            Semaphore changes = new Semaphore(0);
            ExecutorService mover = Executors.newSingleThreadExecutor();
            Future<?> moves = mover.submit(() -> keepMoving(cluster, changes, new Random(seed)));
            TreeMap<String, String> model = new TreeMap<>();
            try {
                for (int i = 0; i < OPERATIONS; i++) {
                    if (i % OPERATIONS_PER_CHANGE == 0) {
                        changes.release();
                    }
                    int k = random.nextInt(KEYS);
                    if (random.nextInt(4) == 0) {
                        client.delete(key(k));
                        model.remove(key(k).toStringUtf8());
                    } else {
                        client.put(key(k), value(k, i));
                        model.put(key(k).toStringUtf8(), value(k, i).toStringUtf8());
                    }
                    String read =
                            client.get(key(k)).map(ByteString::toStringUtf8).orElse(null);
                    assertThat(read).as("seed %d, operation %d", seed, i).isEqualTo(model.get(key(k).toStringUtf8()));
                }
                moves.get(120, TimeUnit.SECONDS);
            } finally {
                mover.shutdownNow();
            }
            assertThat(scanned(client)).as("seed %d", seed).containsExactlyEntriesOf(model);
        }
    }

    private static Void keepMoving(EmbeddedCluster cluster, Semaphore changes, Random random)
            throws InterruptedException {
        for (int change = 0; change < OPERATIONS / OPERATIONS_PER_CHANGE; change++) {
            changes.acquire();
            if (change % 20 == 0) {
                cluster.split(bytes(key(1 + change / 20 * (KEYS / 12))));
            }
            var regions = cluster.regions();
            var stores = cluster.stores();
            cluster.transferLeader(
                    regions.get(random.nextInt(regions.size())).id(),
                    stores.get(random.nextInt(stores.size())).id());
        }
        return null;
    }

    private static TiSession session(EmbeddedCluster cluster) {
        TiConfiguration patient = TiConfiguration.createRawDefault(String.join(",", cluster.pdAddresses()));
        int minute = 60_000;
        patient.setTimeout(minute);
        patient.setRawKVDefaultBackoffInMS(minute);
        patient.setRawKVReadTimeoutInMS(minute);
        patient.setRawKVWriteTimeoutInMS(minute);
        patient.setRawKVBatchReadTimeoutInMS(minute);
        patient.setRawKVBatchWriteTimeoutInMS(minute);
        patient.setRawKVScanTimeoutInMS(minute);
        patient.setRawKVCleanTimeoutInMS(minute);
        // its log of slow calls walks over a list that other threads still add to
        patient.setRawKVReadSlowLogInMS(10 * minute);
        patient.setRawKVWriteSlowLogInMS(10 * minute);
        patient.setRawKVBatchReadSlowLogInMS(10 * minute);
        patient.setRawKVBatchWriteSlowLogInMS(10 * minute);
        patient.setRawKVScanSlowLogInMS(10 * minute);
        return TiSession.create(patient);
    }

    private static TreeMap<String, String> scanned(RawKVClient client) {
        TreeMap<String, String> pairs = new TreeMap<>();
        for (Kvrpcpb.KvPair pair : client.scan(key(0), key(KEYS), KEYS)) {
            pairs.put(pair.getKey().toStringUtf8(), pair.getValue().toStringUtf8());
        }
        return pairs;
    }

    private static TreeMap<String, String> expected(int version) {
        TreeMap<String, String> pairs = new TreeMap<>();
        for (int i = 0; i < KEYS; i++) {
            pairs.put(key(i).toStringUtf8(), value(i, version).toStringUtf8());
        }
        return pairs;
    }

    private static ByteString key(int i) {
        return ByteString.copyFromUtf8(String.format("key%06d", i));
    }

    private static ByteString value(int i, int version) {
        return ByteString.copyFrom(("value-" + i + "-" + version).getBytes(UTF_8));
    }

    private static byte[] bytes(ByteString key) {
        return key.toByteArray();
    }
}
