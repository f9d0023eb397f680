package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.codec.kv.Crc64;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a quick port of the raw client gets wrong, on the three API versions. */
class RawParityTest {

    private static EmbeddedCluster v1;
    private static EmbeddedCluster v1Ttl;
    private static EmbeddedCluster v2;

    @BeforeAll
    static void open() throws Exception {
        v1 = cluster(EmbeddedApiVersion.V1);
        v1Ttl = cluster(EmbeddedApiVersion.V1TTL);
        v2 = cluster(EmbeddedApiVersion.V2);
    }

    private static EmbeddedCluster cluster(EmbeddedApiVersion version) throws Exception {
        var builder = EmbeddedCluster.builder().stores(2).apiVersion(version);
        return version == EmbeddedApiVersion.V2
                ? builder.keyspaces("one", "two").start()
                : builder.splitKeys(List.of(bytes("d"), bytes("m"))).start();
    }

    @AfterAll
    static void close() {
        v1.close();
        v1Ttl.close();
        v2.close();
    }

    @AfterEach
    void forgetFaults() {
        v1.faults().clear();
    }

    private static List<KvPair> fill(RawClient raw, String prefix, int count) {
        List<KvPair> pairs = IntStream.range(0, count)
                .mapToObj(i -> new KvPair(bytes(String.format("%s%03d", prefix, i)), bytes("v" + i)))
                .toList();
        raw.batchPut(pairs);
        return pairs;
    }

    @Test
    void rangesAreScannedOneAfterAnotherUpToTheLimit() {
        try (TikvClient client = TestClients.open(v1)) {
            RawClient raw = client.raw();
            List<KvPair> a = fill(raw, "a", 30);
            List<KvPair> k = fill(raw, "k", 30);
            List<KvPair> z = fill(raw, "z", 30);
            List<KeyRange> ranges = List.of(
                    KeyRange.prefix(bytes("z")),
                    KeyRange.of(bytes("q"), bytes("b")),
                    KeyRange.of(bytes("a010"), bytes("a020")),
                    KeyRange.prefix(bytes("k")));
            List<KvPair> expected = new ArrayList<>(z);
            expected.addAll(a.subList(10, 20));
            expected.addAll(k);
            assertThat(raw.scan(ranges, ScanOptions.limit(1_000))).isEqualTo(expected);
            assertThat(raw.scan(ranges, ScanOptions.limit(35))).isEqualTo(expected.subList(0, 35));
            assertThat(raw.scan(ranges, ScanOptions.limit(30))).isEqualTo(z);
            assertThat(raw.scan(ranges, ScanOptions.limit(1).reversed())).containsExactly(z.get(29));
            assertThat(raw.async()
                            .scan(ranges, ScanOptions.limit(70).keysOnly())
                            .toCompletableFuture()
                            .join())
                    .hasSize(70)
                    .allSatisfy(pair -> assertThat(pair.value()).isNull());
            assertThat(raw.scan(List.of(), ScanOptions.limit(5))).isEmpty();
            assertThatThrownBy(() -> raw.scan(ranges, ScanOptions.limit(10_241)))
                    .isInstanceOf(InvalidArgumentException.class);
            raw.deleteRange(KeyRange.all());
        }
    }

    @Test
    void eachPairOfABatchHasATtlOfItsOwn() {
        try (TikvClient client = TestClients.open(v1Ttl, "api", "v1ttl")) {
            RawClient raw = client.raw();
            List<KvPair> pairs = new ArrayList<>();
            List<Duration> ttls = new ArrayList<>();
            for (int i = 0; i < 1_100; i++) {
                pairs.add(new KvPair(bytes(String.format("%c%04d", 'a' + i % 26, i)), bytes("v" + i)));
                ttls.add(i % 3 == 0 ? Duration.ZERO : Duration.ofSeconds(10_000L * (i % 3)));
            }
            pairs.add(pairs.get(1));
            ttls.add(Duration.ofSeconds(77_000));
            raw.batchPut(pairs, ttls);
            assertThat(raw.keyTtl(pairs.get(1).key()).seconds())
                    .as("the last of two pairs with one key, with its own time")
                    .isBetween(76_000L, 77_000L);
            for (int i = 0; i < 1_100; i += 7) {
                KeyTtl ttl = raw.keyTtl(pairs.get(i).key());
                assertThat(ttl.expires()).isEqualTo(i % 3 != 0);
                if (i % 3 != 0) {
                    assertThat(ttl.seconds()).isBetween(10_000L * (i % 3) - 900, 10_000L * (i % 3));
                }
            }
            List<Duration> forever = List.of(Duration.ZERO, Duration.ZERO);
            raw.async()
                    .batchPut(pairs.subList(0, 2), forever)
                    .toCompletableFuture()
                    .join();
            assertThat(raw.keyTtl(pairs.get(1).key())).isEqualTo(KeyTtl.NO_EXPIRY);
            assertThatThrownBy(() -> raw.batchPut(pairs, forever))
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContaining("2 times to live for 1101 pairs");
            raw.batchPut(List.of(), List.of());
        }
    }

    @Test
    void aSwappedValueMayExpire() {
        try (TikvClient client = TestClients.open(v1Ttl, "api", "v1ttl")) {
            RawClient raw = client.raw().with(RawOptions.DEFAULT.withAtomic(true));
            assertThat(raw.compareAndSwap(bytes("cas"), null, bytes("1"), Duration.ofSeconds(5_000))
                            .swapped())
                    .isTrue();
            assertThat(raw.keyTtl(bytes("cas")).seconds()).isBetween(4_000L, 5_000L);
            assertThat(raw.putIfAbsent(bytes("cas"), bytes("2"))).isEqualTo(bytes("1"));
            assertThat(raw.putIfAbsent(bytes("other"), bytes("2"))).isNull();
        }
    }

    /** A lost answer tells the modes apart: a plain write is repeated, an atomic one must not be. */
    @ParameterizedTest
    @ValueSource(strings = {"RawPut", "RawDelete", "RawBatchPut", "RawBatchDelete"})
    void atomicModeHoldsForEveryWriter(String command) {
        try (TikvClient client = TestClients.open(v1)) {
            RawClient plain = client.raw();
            RawClient atomic = plain.with(RawOptions.DEFAULT.withAtomic(true));
            v1.faults().on(command).times(1).closeAfter();
            write(plain, command);
            v1.faults().on(command).times(1).closeAfter();
            assertThatThrownBy(() -> write(atomic, command))
                    .isInstanceOfSatisfying(TikvException.class, failure -> assertThat(failure.isUndetermined())
                            .isTrue());
            write(atomic, command);
        }
    }

    private static void write(RawClient raw, String command) {
        switch (command) {
            case "RawPut" -> raw.put(bytes("w"), bytes("1"));
            case "RawDelete" -> raw.delete(bytes("w"));
            case "RawBatchPut" -> raw.batchPut(List.of(new KvPair(bytes("w"), bytes("1"))));
            default -> raw.batchDelete(List.of(bytes("w")));
        }
    }

    @Test
    void amongRacingSwapsAndAtomicPutsEachStepHasOneWinner() {
        try (TikvClient client = TestClients.open(v1)) {
            RawClient raw = client.raw().with(RawOptions.DEFAULT.withAtomic(true));
            raw.put(bytes("race"), bytes("0"));
            List<CompletableFuture<CasResult>> swaps = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                swaps.add(raw.async()
                        .compareAndSwap(bytes("race"), bytes("0"), bytes("w" + i))
                        .toCompletableFuture());
            }
            assertThat(swaps.stream().map(CompletableFuture::join).filter(CasResult::swapped))
                    .hasSize(1);
            assertThat(raw.compareAndSwap(bytes("race"), bytes("0"), bytes("late"))
                            .swapped())
                    .isFalse();
        }
    }

    @Test
    void checksumCountsTheKeySpacesPrefixAsTheStoreDoes() {
        try (TikvClient client = TestClients.open(v2, "api", "v2", "keyspace", "one")) {
            RawClient raw = client.raw();
            List<KvPair> pairs = fill(raw, "sum", 200);
            client.splitRegions(List.of(bytes("sum050"), bytes("sum150")));
            byte[] prefix = prefixOf(client);
            long crc = 0;
            long size = 0;
            for (KvPair pair : pairs) {
                byte[] stored = new byte[4 + pair.key().length];
                System.arraycopy(prefix, 0, stored, 0, 4);
                System.arraycopy(pair.key(), 0, stored, 4, pair.key().length);
                crc ^= Crc64.ofPair(stored, pair.value());
                size += stored.length + pair.value().length;
            }
            assertThat(raw.checksum(KeyRange.prefix(bytes("sum")))).isEqualTo(new RawChecksum(crc, 200, size));
            raw.deleteRange(KeyRange.all());
        }
    }

    /** 'r' and the keyspace's id in three bytes; ids are given out from 1 on, in the order of the names. */
    private static byte[] prefixOf(TikvClient client) {
        assertThat(client.clusterId()).isEqualTo(v2.clusterId());
        return new byte[] {'r', 0, 0, 1};
    }

    @Test
    void deletingEverythingInAKeyspaceLeavesTheOthers() {
        try (TikvClient one = TestClients.open(v2, "api", "v2", "keyspace", "one");
                TikvClient two = TestClients.open(v2, "api", "v2", "keyspace", "two");
                TikvClient none = TestClients.open(v2, "api", "v2")) {
            for (TikvClient each : List.of(one, two, none)) {
                fill(each.raw(), "iso", 50);
            }
            assertThat(one.raw().checksum(KeyRange.all()).totalKvs()).isEqualTo(50);
            one.raw().deleteRange(KeyRange.all());
            assertThat(one.raw().scan(KeyRange.all(), ScanOptions.limit(100).reversed()))
                    .isEmpty();
            assertThat(two.raw().scan(KeyRange.all(), ScanOptions.limit(100).reversed()))
                    .hasSize(50);
            assertThat(none.raw().scan(KeyRange.all(), ScanOptions.limit(100))).hasSize(50);
            two.raw().deleteRange(KeyRange.all());
            none.raw().deleteRange(KeyRange.all());
        }
    }

    @ParameterizedTest
    @CsvSource({"V1, v2", "V1TTL, v2", "V2, v1"})
    void aClientOfAnotherApiVersionIsToldSo(EmbeddedApiVersion cluster, String client) {
        EmbeddedCluster served = cluster == EmbeddedApiVersion.V1 ? v1 : cluster == EmbeddedApiVersion.V2 ? v2 : v1Ttl;
        try (TikvClient wrong = TestClients.open(served, "api", client)) {
            assertThatThrownBy(() -> wrong.raw().get(bytes("k")))
                    .isInstanceOfSatisfying(TikvException.class, failure -> assertThat(failure.code())
                            .isEqualTo(ErrorCode.API_VERSION_MISMATCH));
        }
    }

    @Test
    void aCoprocessorRunsOncePerRegionWithAnInputOfItsOwn() {
        v1.registerCoprocessor("count", "1.4.2", (pairs, input) -> bytes(new String(input, UTF_8) + pairs.size()));
        try (TikvClient client = TestClients.open(v1)) {
            RawClient raw = client.raw();
            fill(raw, "b", 20);
            fill(raw, "g", 30);
            fill(raw, "p", 40);
            RawCoprocessorRequest request = new RawCoprocessorRequest(
                    "count",
                    "^1.4.0",
                    List.of(KeyRange.of(bytes("b005"), bytes("p010"))),
                    range -> bytes(new String(range.start(), UTF_8) + " has "));
            assertThat(raw.coprocessor(request))
                    .extracting(answer -> new String(answer.data(), UTF_8))
                    .containsExactly("b005 has 15", "d has 30", "m has 10");
            assertThatThrownBy(() -> raw.coprocessor(
                            new RawCoprocessorRequest("count", "^2.0.0", List.of(KeyRange.all()), range -> bytes(""))))
                    .isInstanceOf(TikvException.class);
            raw.deleteRange(KeyRange.all());
        }
    }

    @Test
    void compressedRequestsAndAnswersAreTheSame() {
        try (TikvClient client = TestClients.open(v1, "compression", "gzip")) {
            RawClient raw = client.raw();
            raw.put(bytes("zipped"), bytes("v".repeat(100_000)));
            assertThat(raw.get(bytes("zipped"))).isEqualTo(bytes("v".repeat(100_000)));
            assertThat(raw.batchGet(List.of(bytes("zipped"), bytes("no")))).hasSize(2);
            raw.delete(bytes("zipped"));
        }
    }

    @Test
    void cancellingOneCallDisturbsNoOther() {
        try (TikvClient client = TestClients.open(v1)) {
            client.raw().put(bytes("c"), bytes("v"));
            v1.faults().on("RawGet").times(1).dropBefore();
            CompletableFuture<byte[]> silent =
                    client.raw().async().get(bytes("c")).toCompletableFuture();
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(client.metrics().stores()).anyMatch(link -> link.inFlight() == 1));
            List<CompletableFuture<byte[]>> others = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                others.add(client.raw().async().get(bytes("c")).toCompletableFuture());
            }
            silent.cancel(true);
            assertThat(silent).isCancelled();
            others.forEach(other -> assertThat(other.join()).isEqualTo(bytes("v")));
        }
    }

    @Test
    void cancellingDuringABackOffEndsTheStageAtOnce() {
        try (TikvClient client = TestClients.open(v1)) {
            v1.faults().on("RawGet").serverBusy(Duration.ofSeconds(10));
            CompletableFuture<byte[]> busy =
                    client.raw().async().get(bytes("c")).toCompletableFuture();
            org.awaitility.Awaitility.await()
                    .untilAsserted(() -> assertThat(client.metrics().backoffs()).isPositive());
            busy.cancel(true);
            assertThat(busy).isCancelled();
        }
    }

    @Test
    void aLostPutIfAbsentIsUndetermined() {
        try (TikvClient client = TestClients.open(v1)) {
            RawClient raw = client.raw().with(RawOptions.DEFAULT.withAtomic(true));
            v1.faults().on("RawCompareAndSwap").times(1).closeAfter();
            assertThatThrownBy(() -> raw.putIfAbsent(bytes("once"), bytes("1")))
                    .isInstanceOf(UndeterminedException.class);
            assertThat(raw.get(bytes("once"))).isEqualTo(bytes("1"));
            raw.delete(bytes("once"));
        }
    }
}
