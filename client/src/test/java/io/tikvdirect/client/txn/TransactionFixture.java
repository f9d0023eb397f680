package io.tikvdirect.client.txn;

import io.tikvdirect.client.TikvClient;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A cluster of three stores and a client for the tests of one class, and keys of its own for each test. */
abstract class TransactionFixture {

    static final TransactionOptions OPTIMISTIC = TransactionOptions.DEFAULT;
    static final TransactionOptions ASYNC = OPTIMISTIC.withAsyncCommit(true);
    static final TransactionOptions ONE_PHASE = ASYNC.withOnePhaseCommit(true);
    static final TransactionOptions PESSIMISTIC = TransactionOptions.PESSIMISTIC;

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    static EmbeddedCluster cluster;
    static TikvClient client;
    static TransactionClient transactions;
    String prefix;

    @BeforeAll
    static void start() throws Exception {
        cluster = TxnClusters.start();
        client = TxnClusters.open(cluster);
        transactions = client.transactions();
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        cluster.close();
    }

    @BeforeEach
    void choosePrefix() {
        prefix = "txn/" + PREFIXES.incrementAndGet() + "/";
    }

    @AfterEach
    void mend() {
        cluster.faults().clear();
    }

    static List<TransactionOptions> modes() {
        return List.of(
                OPTIMISTIC,
                ASYNC,
                ONE_PHASE,
                ONE_PHASE.withCausalConsistency(true),
                PESSIMISTIC,
                ONE_PHASE.withPessimistic(true));
    }

    byte[] key(String name) {
        return TxnClusters.bytes(prefix + name);
    }

    static byte[] value(String text) {
        return TxnClusters.bytes(text);
    }

    void write(String name, String text) {
        transactions.run(OPTIMISTIC, txn -> {
            txn.put(key(name), value(text));
            return null;
        });
    }

    String read(String name) {
        byte[] found = transactions.snapshot(transactions.timestamp()).get(key(name));
        return found == null ? null : new String(found, StandardCharsets.UTF_8);
    }
}
