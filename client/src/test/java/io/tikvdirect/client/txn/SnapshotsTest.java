package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.ScanOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What snapshots and transactions read, over several regions. */
@Timeout(120)
class SnapshotsTest extends TransactionFixture {

    @ParameterizedTest
    @MethodSource("modes")
    void committedWritesAreSeenByLaterSnapshotsAndNotByEarlierOnes(TransactionOptions options) {
        Timestamp before = transactions.timestamp();
        Timestamp committed;
        try (Transaction txn = transactions.begin(options)) {
            for (int i = 0; i < 20; i++) {
                txn.put(key("k" + i), value("v" + i));
            }
            assertThat(txn.size()).isEqualTo(20);
            committed = txn.commit();
        }

        assertThat(committed).isGreaterThan(before);
        for (int i = 0; i < 20; i++) {
            assertThat(transactions.snapshot(before).get(key("k" + i))).isNull();
            assertThat(transactions.snapshot(committed).get(key("k" + i))).isEqualTo(value("v" + i));
            assertThat(transactions.snapshot(Timestamp.LATEST).get(key("k" + i)))
                    .isEqualTo(value("v" + i));
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aTransactionReadsItsOwnWritesOverItsSnapshot(TransactionOptions options) {
        write("a", "old");
        write("b", "old");
        try (Transaction txn = transactions.begin(options)) {
            write("c", "later");
            txn.put(key("a"), value("new"));
            txn.delete(key("b"));

            assertThat(txn.get(key("a"))).isEqualTo(value("new"));
            assertThat(txn.get(key("b"))).isNull();
            assertThat(txn.get(key("c"))).isNull();
            assertThat(txn.batchGet(List.of(key("c"), key("a"), key("b"), key("a"))))
                    .containsExactly(null, value("new"), null, value("new"));
            txn.commit();
        }
        assertThat(read("a")).isEqualTo("new");
        assertThat(read("b")).isNull();
        assertThat(read("c")).isEqualTo("later");
    }

    @Test
    void scansMergeOwnWritesBothWays() throws Exception {
        Random random = new Random(7);
        TreeMap<String, String> model = new TreeMap<>();
        transactions.run(OPTIMISTIC, txn -> {
            for (int i = 0; i < 300; i++) {
                String name = String.format("%03d", i);
                txn.put(key(name), value("s" + i));
                model.put(name, "s" + i);
            }
            return null;
        });
        for (String border : List.of("050", "111", "222")) {
            TxnClusters.split(cluster, key(border));
        }
        try (Transaction txn = transactions.begin()) {
            for (int i = 0; i < 200; i++) {
                String name = String.format("%03d", random.nextInt(400)) + (random.nextBoolean() ? "" : "x");
                if (random.nextInt(3) == 0) {
                    txn.delete(key(name));
                    model.remove(name);
                } else {
                    txn.put(key(name), value("t" + i));
                    model.put(name, "t" + i);
                }
            }
            KeyRange all = KeyRange.prefix(TxnClusters.bytes(prefix));
            for (int pageSize : new int[] {1, 7, 64, 1000}) {
                ScanOptions options = ScanOptions.unlimited().withPageSize(pageSize);
                assertThat(names(txn.scanner(all, options))).containsExactlyElementsOf(model.keySet());
                List<String> descending = new ArrayList<>(model.keySet());
                Collections.reverse(descending);
                assertThat(names(txn.scanner(all, options.reversed()))).containsExactlyElementsOf(descending);
            }
            for (int limit = 1; limit < 60; limit += 13) {
                List<KvPair> pairs = txn.scan(KeyRange.of(key("1"), key("2")), ScanOptions.limit(limit));
                List<Map.Entry<String, String>> expected =
                        model.subMap("1", "2").entrySet().stream().limit(limit).toList();
                assertThat(pairs).hasSize(expected.size());
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(pairs.get(i))
                            .isEqualTo(new KvPair(
                                    key(expected.get(i).getKey()),
                                    value(expected.get(i).getValue())));
                }
            }
            assertThat(txn.scan(all, ScanOptions.limit(5).keysOnly())).allMatch(pair -> pair.value() == null);
            txn.commit();
        }
        assertThat(names(transactions
                        .snapshot(transactions.timestamp())
                        .scanner(KeyRange.prefix(TxnClusters.bytes(prefix)), ScanOptions.unlimited())))
                .containsExactlyElementsOf(model.keySet());
    }

    @Test
    void timestampsGrowAndAgeIsKnown() {
        Timestamp first = transactions.timestamp();
        Timestamp second = transactions.timestamp();
        assertThat(first.isBefore(second)).isTrue();
        Timestamp recent = transactions.lowResolutionTimestamp();
        assertThat(recent.isBefore(transactions.timestamp())).isTrue();
        long before = transactions.lowResolutionTimestamp().physicalMs();
        Timestamp stale = transactions.staleTimestamp(Duration.ofSeconds(30));
        long after = transactions.lowResolutionTimestamp().physicalMs();
        assertThat(stale.physicalMs()).isBetween(before - 30_000, after - 30_000);
        assertThatThrownBy(() -> transactions.staleTimestamp(Duration.ofDays(365 * 1000)))
                .isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void theOrderOfABatchIsTheCallers() {
        transactions.run(OPTIMISTIC, txn -> {
            for (int i = 0; i < 50; i += 2) {
                txn.put(key("k" + i), value("v" + i));
            }
            return null;
        });
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            order.add(i);
            order.add(i);
        }
        Collections.shuffle(order, new Random(3));
        List<byte[]> found = transactions
                .snapshot(transactions.timestamp())
                .batchGet(order.stream().map(i -> key("k" + i)).toList());
        for (int i = 0; i < order.size(); i++) {
            int number = order.get(i);
            assertThat(Arrays.equals(found.get(i), number % 2 == 0 ? value("v" + number) : null))
                    .isTrue();
        }
    }

    private List<String> names(TransactionScanner scanner) {
        List<String> names = new ArrayList<>();
        try (scanner) {
            scanner.forEachRemaining(
                    pair -> names.add(new String(pair.key(), StandardCharsets.UTF_8).substring(prefix.length())));
        }
        return names;
    }
}
