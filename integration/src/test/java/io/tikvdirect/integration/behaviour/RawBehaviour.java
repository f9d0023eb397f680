package io.tikvdirect.integration.behaviour;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.raw.CasResult;
import io.tikvdirect.client.raw.KeyTtl;
import io.tikvdirect.client.raw.RawChecksum;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.RawCoprocessorRequest;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.client.raw.RawScanner;
import io.tikvdirect.client.raw.ScanOptions;
import io.tikvdirect.codec.kv.Crc64;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What raw key-value must do on any cluster. */
abstract class RawBehaviour extends ServerBehaviour {
    RawBehaviour(ServerUnderTest server) {
        super(server);
    }

    @Test
    @Capability("RAW-01")
    void missingEmptyAndPresentValuesDiffer() {
        raw.put(key("present"), bytes("v"));
        raw.put(key("empty"), new byte[0]);
        assertThat(raw.get(key("present"))).isEqualTo(bytes("v"));
        assertThat(raw.get(key("empty"))).isEmpty();
        assertThat(raw.get(key("missing"))).isNull();
    }

    @Test
    @Capability("RAW-02")
    void putOverwritesAndDeleteIsIdempotent() {
        raw.put(key("a"), bytes("1"));
        raw.put(key("a"), bytes("2"));
        assertThat(raw.get(key("a"))).isEqualTo(bytes("2"));
        raw.delete(key("a"));
        raw.delete(key("a"));
        raw.delete(key("never"));
        assertThat(raw.get(key("a"))).isNull();
    }

    @Test
    @Capability("RAW-02")
    void anyBytesSurviveInKeysAndValues() {
        byte[] binaryKey = concat(key(""), new byte[] {0, (byte) 0xff, 0, (byte) 0x80, 7});
        byte[] big = new byte[1 << 20];
        ThreadLocalRandom.current().nextBytes(big);
        raw.put(binaryKey, big);
        assertThat(raw.get(binaryKey)).isEqualTo(big);
    }

    @Test
    @Capability(value = "RAW-03", needs = ServerFeature.RAW_TTL)
    void remainingTimeIsAbsentNoneOrSeconds() {
        raw.put(key("short"), bytes("v"), Duration.ofSeconds(1000));
        raw.put(key("forever"), bytes("v"));
        assertThat(raw.keyTtl(key("missing"))).isEqualTo(KeyTtl.ABSENT);
        assertThat(raw.keyTtl(key("forever"))).isEqualTo(KeyTtl.NO_EXPIRY);
        assertThat(raw.keyTtl(key("short")).seconds()).isBetween(900L, 1000L);
        raw.put(key("short"), bytes("w"));
        assertThat(raw.keyTtl(key("short"))).isEqualTo(KeyTtl.NO_EXPIRY);
    }

    @Test
    @Capability(value = "RAW-03", needs = ServerFeature.RAW_TTL)
    void anExpiredKeyIsGoneForEveryRead() {
        raw.batchPut(List.of(new KvPair(key("x"), bytes("v"))), Duration.ofSeconds(1));
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(raw.get(key("x")))
                .isNull());
        assertThat(raw.scan(all(), ScanOptions.limit(10))).isEmpty();
        assertThat(raw.batchGet(List.of(key("x")))).containsExactly((byte[]) null);
    }

    @Test
    @Capability({"RAW-05", "RAW-06"})
    void batchesKeepOrderHolesAndDuplicatesOverRegions() {
        int count = 1_500;
        splitAt(300, 900);
        List<KvPair> pairs = new ArrayList<>();
        for (int i = 0; i < count; i += 2) {
            pairs.add(new KvPair(key(i), bytes("v" + i)));
        }
        Collections.shuffle(pairs);
        raw.batchPut(pairs);
        List<byte[]> keys =
                new ArrayList<>(IntStream.range(0, count).mapToObj(this::key).toList());
        keys.add(key(0));
        List<byte[]> values = raw.batchGet(keys);
        assertThat(values).hasSize(count + 1);
        for (int i = 0; i < count; i++) {
            assertThat(values.get(i)).isEqualTo(i % 2 == 0 ? bytes("v" + i) : null);
        }
        assertThat(values.get(count)).isEqualTo(bytes("v0"));
    }

    @Test
    @Capability("RAW-06")
    void theLastOfTwoPairsWithOneKeyWins() {
        raw.batchPut(List.of(new KvPair(key("a"), bytes("1")), new KvPair(key("a"), bytes("2"))));
        assertThat(raw.get(key("a"))).isEqualTo(bytes("2"));
    }

    @Test
    @Capability(value = "RAW-06", needs = ServerFeature.RAW_TTL)
    void eachPairOfABatchHasATtlOfItsOwn() {
        raw.batchPut(
                List.of(new KvPair(key("short"), bytes("v")), new KvPair(key("forever"), bytes("v"))),
                List.of(Duration.ofSeconds(1000), Duration.ZERO));
        assertThat(raw.keyTtl(key("short")).seconds()).isBetween(900L, 1000L);
        assertThat(raw.keyTtl(key("forever"))).isEqualTo(KeyTtl.NO_EXPIRY);
        assertThatThrownBy(() -> raw.batchPut(List.of(new KvPair(key("x"), bytes("v"))), List.of()))
                .isInstanceOfSatisfying(
                        TikvException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    @Capability("RAW-07")
    void batchDeleteRemovesAllAndOnlyThose() {
        fill(600);
        raw.batchDelete(IntStream.range(0, 550).mapToObj(this::key).toList());
        assertThat(raw.scan(all(), ScanOptions.limit(1000))).hasSize(50);
    }

    @Test
    @Capability("RAW-08")
    void aScanCrossesRegionsUpToItsLimit() {
        fill(500);
        splitAt(100, 101, 400);
        assertThat(scannedKeys(KeyRange.of(key(50), key(450)), ScanOptions.limit(300)))
                .isEqualTo(IntStream.range(50, 350).mapToObj(this::name).toList());
        assertThat(scannedKeys(KeyRange.of(key(50), key(450)), ScanOptions.limit(10_240)))
                .isEqualTo(IntStream.range(50, 450).mapToObj(this::name).toList());
        assertThat(raw.scan(all(), ScanOptions.limit(5).keysOnly()))
                .hasSize(5)
                .allSatisfy(pair -> assertThat(pair.value()).isNullOrEmpty());
    }

    @Test
    @Capability("RAW-08")
    void aLimitOverTheMaximumIsRefused() {
        assertThatThrownBy(() -> raw.scan(all(), ScanOptions.limit(10_241)))
                .isInstanceOfSatisfying(
                        TikvException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
    }

    @Test
    @Capability("RAW-08")
    void aScannerStreamsARangeOfAnyLength() {
        fill(2_500);
        splitAt(700, 1900);
        List<String> seen = new ArrayList<>();
        try (RawScanner scanner = raw.scanner(all(), ScanOptions.unlimited().withPageSize(64))) {
            scanner.forEachRemaining(pair -> seen.add(new String(pair.key(), UTF_8)));
        }
        assertThat(seen)
                .isEqualTo(IntStream.range(0, 2_500).mapToObj(this::name).toList());
    }

    @Test
    @Capability({"RAW-08", "NEW-06"})
    void rangesAreScannedOneAfterAnotherUpToTheLimit() {
        fill(300);
        splitAt(100, 200);
        List<KeyRange> ranges = List.of(KeyRange.of(key(150), key(250)), KeyRange.of(key(0), key(20)));
        List<String> expected =
                new ArrayList<>(IntStream.range(150, 250).mapToObj(this::name).toList());
        expected.addAll(IntStream.range(0, 20).mapToObj(this::name).toList());
        assertThat(raw.scan(ranges, ScanOptions.limit(1000)).stream()
                        .map(pair -> new String(pair.key(), UTF_8))
                        .toList())
                .isEqualTo(expected);
        assertThat(raw.scan(ranges, ScanOptions.limit(105))).hasSize(105);
    }

    @Test
    @Capability({"RAW-09", "NEW-06"})
    void aReverseScanDescendsAcrossRegions() {
        fill(500);
        splitAt(100, 300);
        List<String> expected =
                new ArrayList<>(IntStream.range(50, 450).mapToObj(this::name).toList());
        Collections.reverse(expected);
        assertThat(scannedKeys(
                        KeyRange.of(key(50), key(450)), ScanOptions.limit(1000).reversed()))
                .isEqualTo(expected);
        assertThat(scannedKeys(
                        KeyRange.of(key(50), key(450)), ScanOptions.limit(7).reversed()))
                .isEqualTo(expected.subList(0, 7));
    }

    @Test
    @Capability(value = "RAW-10", needs = ServerFeature.RAW_DELETE_RANGE)
    void deleteRangeTouchesNothingOutside() {
        fill(300);
        splitAt(100, 200);
        raw.deleteRange(KeyRange.of(key(50), key(250)));
        assertThat(raw.scan(all(), ScanOptions.limit(1000))).hasSize(100);
        assertThat(raw.get(key(49))).isNotNull();
        assertThat(raw.get(key(50))).isNull();
        assertThat(raw.get(key(250))).isNotNull();
    }

    @Test
    @Capability(value = "RAW-11", needs = ServerFeature.RAW_CHECKSUM)
    void checksumEqualsALocalComputation() {
        fill(300);
        splitAt(100, 200);
        long crc = 0;
        long bytes = 0;
        int extra = server.api() == ApiVersion.V2 ? 4 : 0;
        if (extra == 0) {
            for (KvPair pair : raw.scan(all(), ScanOptions.limit(1000))) {
                crc ^= Crc64.ofPair(pair.key(), pair.value());
                bytes += pair.key().length + pair.value().length;
            }
            assertThat(raw.checksum(all())).isEqualTo(new RawChecksum(crc, 300, bytes));
        } else {
            RawChecksum whole = raw.checksum(all());
            RawChecksum parts =
                    raw.checksum(KeyRange.of(key(0), key(150))).and(raw.checksum(KeyRange.of(key(150), key(300))));
            assertThat(whole).isEqualTo(parts);
            assertThat(whole.totalKvs()).isEqualTo(300);
        }
    }

    @Test
    @Capability(
            value = {"RAW-12", "NEW-06"},
            needs = ServerFeature.RAW_ATOMIC)
    void compareAndSwapKnowsAbsentEmptyAndOther() {
        RawClient atomic = raw.with(RawOptions.DEFAULT.withAtomic(true));
        assertThat(atomic.compareAndSwap(key("c"), null, bytes("1"))).isEqualTo(new CasResult(true, null));
        assertThat(atomic.compareAndSwap(key("c"), null, bytes("2"))).isEqualTo(new CasResult(false, bytes("1")));
        assertThat(atomic.compareAndSwap(key("c"), bytes("x"), bytes("2"))).isEqualTo(new CasResult(false, bytes("1")));
        assertThat(atomic.compareAndSwap(key("c"), bytes("1"), bytes("2"))).isEqualTo(new CasResult(true, bytes("1")));
        assertThat(atomic.putIfAbsent(key("c"), bytes("3"))).isEqualTo(bytes("2"));
        assertThat(atomic.get(key("c"))).isEqualTo(bytes("2"));
    }

    @Test
    @Capability(value = "RAW-12", needs = ServerFeature.RAW_ATOMIC)
    void oneOfManyRacingSwapsWins() {
        RawClient atomic = raw.with(RawOptions.DEFAULT.withAtomic(true));
        atomic.put(key("race"), bytes("0"));
        long winners = IntStream.range(0, 32)
                .mapToObj(i -> atomic.async().compareAndSwap(key("race"), bytes("0"), bytes("w" + i)))
                .toList()
                .stream()
                .map(stage -> stage.toCompletableFuture().join())
                .filter(CasResult::swapped)
                .count();
        assertThat(winners).isEqualTo(1);
    }

    @Test
    @Capability(value = "RAW-14", needs = ServerFeature.RAW_COLUMN_FAMILIES)
    void oneKeyHasAValueOfItsOwnInEachColumnFamily() {
        RawClient write = raw.with(RawOptions.DEFAULT.withColumnFamily("write"));
        raw.put(key("k"), bytes("default"));
        assertThat(write.get(key("k"))).isNull();
        write.put(key("k"), bytes("write"));
        assertThat(raw.get(key("k"))).isEqualTo(bytes("default"));
        assertThat(write.get(key("k"))).isEqualTo(bytes("write"));
        write.delete(key("k"));
    }

    @Test
    @Capability(value = "RAW-15", needs = ServerFeature.KEYSPACES)
    void keyspacesDoNotSeeEachOther() {
        try (TikvClient other = TikvClient.open(
                server.config().keyspace(server.keyspaces().get(1)).build())) {
            raw.put(key("k"), bytes("alpha"));
            assertThat(other.raw().get(key("k"))).isNull();
            other.raw().put(key("k"), bytes("beta"));
            assertThat(raw.get(key("k"))).isEqualTo(bytes("alpha"));
            assertThat(other.raw().scan(KeyRange.all(), ScanOptions.limit(100))).hasSize(1);
            other.raw().delete(key("k"));
        }
    }

    @Test
    @Capability(value = "RAW-16", needs = ServerFeature.RAW_COPROCESSOR)
    void anUnknownCoprocessorIsAClearError() {
        assertThatThrownBy(() ->
                        raw.coprocessor(new RawCoprocessorRequest("nobody", "*", List.of(all()), range -> new byte[0])))
                .isInstanceOfSatisfying(
                        TikvException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED))
                .hasMessageContaining("oprocessor");
    }

    @Test
    @Capability("TSO-01")
    void timestampsAreUniqueAndIncrease() {
        long[] stamps = new long[200];
        for (int i = 0; i < stamps.length; i++) {
            stamps[i] = client.timestamp();
        }
        assertThat(Arrays.stream(stamps).distinct().count()).isEqualTo(stamps.length);
        assertThat(stamps).isSorted();
    }
}
