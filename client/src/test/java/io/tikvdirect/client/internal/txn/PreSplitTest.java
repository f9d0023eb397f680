package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.tikvdirect.client.txn.CommitReport;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Regions are split before very much is written to them; "very much" is little here. */
@Timeout(120)
class PreSplitTest extends EngineFixture {

    private static final int KEYS = 60;
    private static final int VALUE_BYTES = 1_000;
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private final List<CommitReport> reports = new CopyOnWriteArrayList<>();
    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        open(EmbeddedCluster.builder().stores(3).start());
        engine.rules(new Rules(System::nanoTime, Heartbeat.INTERVAL_MS, KEYS, 20L * VALUE_BYTES));
    }

    @BeforeEach
    void choosePrefix() {
        prefix = "split/" + PREFIXES.incrementAndGet() + "/";
    }

    @AfterEach
    void mend() {
        cluster.faults().clear();
        awaitIdle();
    }

    private List<byte[]> commit(int keys) {
        List<byte[]> all = new ArrayList<>();
        try (Transaction txn = transactions.begin(TransactionOptions.DEFAULT.withCommitListener(reports::add))) {
            for (int i = 0; i < keys; i++) {
                byte[] key = (prefix + String.format("%05d", i)).getBytes(StandardCharsets.UTF_8);
                all.add(key);
                txn.put(key, new byte[VALUE_BYTES]);
            }
            txn.commit();
        }
        assertThat(transactions.snapshot(transactions.timestamp()).batchGet(all))
                .doesNotContainNull();
        return all;
    }

    private static int regions() {
        return cluster.regions().size();
    }

    @Test
    void aRegionThatGetsVeryManyKeysIsSplitFirst() {
        int before = regions();
        commit(KEYS);
        assertThat(regions()).isEqualTo(before + 2);
        assertThat(reports.get(0).phases().split()).isPositive();
        assertThat(reports.get(0).effort().regions()).isGreaterThanOrEqualTo(1);
        prefix += "less/";
        commit(KEYS - 1);
        assertThat(reports.get(1).phases().split()).isZero();
        assertThat(regions()).isEqualTo(before + 2);
    }

    @Test
    void manyKeysForManyRegionsSplitNone() throws Exception {
        for (int i = 10; i < KEYS; i += 10) {
            cluster.splitAtRegionKey(
                    engine.keySpace().regionKey((prefix + String.format("%05d", i)).getBytes(StandardCharsets.UTF_8)));
        }
        commit(KEYS - 1);
        int before = regions();
        commit(KEYS);
        assertThat(regions()).isEqualTo(before);
    }

    @Test
    void aSplitThatFailsHoldsNothingUp() {
        FaultRule refused = cluster.faults().on("SplitRegions").fail(Status.PERMISSION_DENIED);
        int before = regions();
        commit(KEYS);
        assertThat(refused.fired()).isPositive();
        assertThat(regions()).isEqualTo(before);
        assertThat(reports.get(0).failure()).isNull();
    }
}
