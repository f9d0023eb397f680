package io.tikvdirect.integration.behaviour;

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
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.client.raw.RawScanner;
import io.tikvdirect.client.raw.ScanOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The edges of raw key-value, where servers are most likely to differ. */
abstract class RawEdgeBehaviour extends RawBehaviour {
    private static final int MAX_KEY_BYTES = 8192;
    private static final int V2_PREFIX_BYTES = 4;
    private static final int MIB = 1 << 20;

    RawEdgeBehaviour(ServerUnderTest server) {
        super(server);
    }

    @Test
    @Capability({"RAW-01", "RAW-02", "RAW-07"})
    void theLongestKeyWorksAndALongerOneIsRefused() {
        int longest = server.api() == ApiVersion.V2 ? MAX_KEY_BYTES - V2_PREFIX_BYTES : MAX_KEY_BYTES;
        byte[] fits = Arrays.copyOf(key("long"), longest);
        raw.put(fits, bytes("v"));
        assertThat(raw.get(fits)).isEqualTo(bytes("v"));
        assertThat(scannedKeys(all(), ScanOptions.limit(2))).hasSize(1);
        raw.batchDelete(List.of(fits));
        assertThat(raw.get(fits)).isNull();
        byte[] tooLong = Arrays.copyOf(fits, longest + 1);
        assertRefused(ErrorCode.INVALID_ARGUMENT, () -> raw.put(tooLong, bytes("v")));
        assertRefused(ErrorCode.INVALID_ARGUMENT, () -> raw.delete(tooLong));
    }

    @Test
    @Capability("RAW-10")
    void aRangeToDeleteWithABoundLongerThanKeysIsLeftWhole() {
        raw.put(key("a"), bytes("v"));
        byte[] tooLong = Arrays.copyOf(key("z"), MAX_KEY_BYTES + 1);
        assertRefused(ErrorCode.INVALID_ARGUMENT, () -> raw.deleteRange(KeyRange.of(key("a"), tooLong)));
        assertRefused(ErrorCode.INVALID_ARGUMENT, () -> raw.deleteRange(KeyRange.of(tooLong, key("zz"))));
        assertThat(raw.get(key("a"))).isEqualTo(bytes("v"));
    }

    @Test
    @Capability("RAW-02")
    void aValueThatFillsARaftEntryWorksAndALargerOneIsRefused() {
        try (TikvClient generous = open(inKeyspace().set("limit.value", "16MiB"))) {
            byte[] large = new byte[7 * MIB];
            ThreadLocalRandom.current().nextBytes(large);
            generous.raw().put(key("large"), large);
            assertThat(raw.get(key("large"))).isEqualTo(large);
            assertRefused(ErrorCode.RAFT_ENTRY_TOO_LARGE, () -> generous.raw().put(key("larger"), new byte[9 * MIB]));
            assertThat(raw.get(key("larger"))).isNull();
        }
    }

    @Test
    @Capability({"RAW-01", "RAW-05", "RAW-08", "RAW-10", "RAW-15"})
    void aClientOfAnotherApiVersionIsToldSo() {
        ApiVersion other = server.api() == ApiVersion.V2 ? ApiVersion.V1 : ApiVersion.V2;
        try (TikvClient foreign = TikvClient.open(server.config().api(other).build())) {
            RawClient stranger = foreign.raw();
            assertRefused(ErrorCode.API_VERSION_MISMATCH, () -> stranger.get(key("a")));
            assertRefused(ErrorCode.API_VERSION_MISMATCH, () -> stranger.put(key("a"), bytes("v")));
            assertRefused(ErrorCode.API_VERSION_MISMATCH, () -> stranger.scan(all(), ScanOptions.limit(1)));
            assertRefused(ErrorCode.API_VERSION_MISMATCH, () -> stranger.batchGet(List.of(key("a"), key("b"))));
            assertThat(raw.get(key("a"))).isNull();
        }
    }

    @Test
    @Capability({"RAW-08", "RAW-09"})
    void anEmptyOrBackwardRangeHoldsNothing() {
        fill(20);
        for (KeyRange range : List.of(KeyRange.of(key(5), key(5)), KeyRange.of(key(9), key(3)))) {
            assertThat(raw.scan(range, ScanOptions.limit(100))).isEmpty();
            assertThat(raw.scan(range, ScanOptions.limit(100).reversed())).isEmpty();
            try (RawScanner scanner = raw.scanner(range, ScanOptions.unlimited())) {
                assertThat(scanner.hasNext()).isFalse();
            }
        }
    }

    @Test
    @Capability(value = "RAW-10", needs = ServerFeature.RAW_DELETE_RANGE)
    void deletingAnEmptyOrBackwardRangeDeletesNothing() {
        fill(20);
        raw.deleteRange(KeyRange.of(key(5), key(5)));
        raw.deleteRange(KeyRange.of(key(9), key(3)));
        raw.deleteRange(KeyRange.of(key("x"), key("y")));
        assertThat(raw.scan(all(), ScanOptions.limit(100))).hasSize(20);
    }

    @Test
    @Capability(value = "RAW-11", needs = ServerFeature.RAW_CHECKSUM)
    void theChecksumOfNothingIsZero() {
        RawChecksum zero = new RawChecksum(0, 0, 0);
        assertThat(raw.checksum(all())).isEqualTo(zero);
        fill(10);
        assertThat(raw.checksum(KeyRange.of(key(5), key(5)))).isEqualTo(zero);
        assertThat(raw.checksum(KeyRange.of(key(9), key(3)))).isEqualTo(zero);
    }

    /** TiKV checks the size of a key in ordinary writes only. */
    @Test
    @Capability(
            value = {"RAW-02", "RAW-12"},
            needs = ServerFeature.RAW_ATOMIC)
    void anAtomicWriteTakesAKeyThatAnOrdinaryOneMayNotHave() {
        try (TikvClient generous = open(inKeyspace().set("limit.key", "16KiB"))) {
            byte[] tooLong = Arrays.copyOf(key("long"), MAX_KEY_BYTES + 1);
            RawClient atomic = generous.raw().with(RawOptions.DEFAULT.withAtomic(true));
            assertRefused(ErrorCode.INVALID_ARGUMENT, () -> generous.raw().put(tooLong, bytes("v")));
            atomic.put(tooLong, bytes("v"));
            assertThat(generous.raw().get(tooLong)).isEqualTo(bytes("v"));
            assertRefused(ErrorCode.INVALID_ARGUMENT, () -> generous.raw().delete(tooLong));
            atomic.delete(tooLong);
            assertThat(generous.raw().get(tooLong)).isNull();
        }
    }

    @Test
    @Capability({"RAW-08", "RAW-09"})
    void limitsAndBoundsAtRegionBorders() {
        fill(300);
        splitAt(100, 200);
        for (int limit : new int[] {99, 100, 101, 200, 201}) {
            assertThat(scannedKeys(all(), ScanOptions.limit(limit))).isEqualTo(names(0, limit));
            assertThat(scannedKeys(all(), ScanOptions.limit(limit).reversed())).isEqualTo(namesDown(300, 300 - limit));
        }
        assertThat(scannedKeys(KeyRange.of(key(100), key(200)), ScanOptions.limit(1000)))
                .isEqualTo(names(100, 200));
        assertThat(scannedKeys(
                        KeyRange.of(key(100), key(200)), ScanOptions.limit(1000).reversed()))
                .isEqualTo(namesDown(200, 100));
    }

    @Test
    @Capability({"RAW-08", "RAW-09"})
    void aScanOfKeysOnlyHasNoValuesInEitherDirection() {
        fill(3);
        for (ScanOptions options :
                List.of(ScanOptions.limit(9), ScanOptions.limit(9).reversed())) {
            assertThat(raw.scan(all(), options.keysOnly())).hasSize(3).allSatisfy(pair -> assertThat(pair.value())
                    .isNullOrEmpty());
        }
    }

    @Test
    @Capability({"RAW-08", "RAW-09"})
    void keysAroundTheOtherBytesOfAPrefixStayOutside() {
        byte[] zero = concat(key("k"), new byte[] {0});
        byte[] top = concat(key("k"), new byte[] {(byte) 0xff, (byte) 0xff});
        for (byte[] each : List.of(key("j"), key("k"), zero, top, key("l"))) {
            raw.put(each, each);
        }
        assertThat(raw.scan(KeyRange.prefix(key("k")), ScanOptions.limit(9)))
                .extracting(KvPair::key)
                .containsExactly(key("k"), zero, top);
        assertThat(raw.scan(KeyRange.of(zero, top), ScanOptions.limit(9).reversed()))
                .extracting(KvPair::key)
                .containsExactly(zero);
    }

    @Test
    @Capability({"RAW-05", "RAW-06", "RAW-07"})
    void batchesOfNothingAndOfRepeatedKeys() {
        assertThat(raw.batchGet(List.of())).isEmpty();
        raw.batchPut(List.of());
        raw.batchDelete(List.of());
        raw.put(key("a"), bytes("1"));
        assertThat(raw.batchGet(List.of(key("b"), key("a"), key("b"), key("a"))))
                .containsExactly(null, bytes("1"), null, bytes("1"));
        raw.batchDelete(List.of(key("a"), key("a"), key("b")));
        assertThat(raw.get(key("a"))).isNull();
    }

    @Test
    @Capability(value = "RAW-03", needs = ServerFeature.RAW_TTL)
    void aTtlOfZeroIsNoneAndEveryWriteSetsItAnew() {
        RawClient atomic = raw.with(RawOptions.DEFAULT.withAtomic(true));
        atomic.put(key("t"), bytes("1"), Duration.ZERO);
        assertThat(raw.keyTtl(key("t"))).isEqualTo(KeyTtl.NO_EXPIRY);
        atomic.compareAndSwap(key("t"), bytes("1"), bytes("2"), Duration.ofSeconds(1000));
        assertThat(raw.keyTtl(key("t")).seconds()).isBetween(900L, 1000L);
        atomic.compareAndSwap(key("t"), bytes("2"), bytes("3"));
        assertThat(raw.keyTtl(key("t"))).isEqualTo(KeyTtl.NO_EXPIRY);
        raw.batchPut(List.of(new KvPair(key("t"), bytes("4"))), Duration.ofSeconds(1000));
        raw.batchPut(List.of(new KvPair(key("t"), bytes("5"))));
        assertThat(raw.keyTtl(key("t"))).isEqualTo(KeyTtl.NO_EXPIRY);
    }

    @Test
    @Capability(
            value = {"RAW-03", "RAW-08", "RAW-12"},
            needs = ServerFeature.RAW_TTL)
    void anExpiredKeyTakesNoPlaceInALimitAndIsAbsentToASwap() {
        RawClient atomic = raw.with(RawOptions.DEFAULT.withAtomic(true));
        raw.put(key("a"), bytes("short"), Duration.ofSeconds(1));
        raw.put(key("b"), bytes("stays"));
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(raw.get(key("a")))
                .isNull());
        assertThat(raw.keyTtl(key("a"))).isEqualTo(KeyTtl.ABSENT);
        assertThat(scannedKeys(all(), ScanOptions.limit(1))).containsExactly(new String(key("b")));
        assertThat(raw.checksum(all()).totalKvs()).isEqualTo(1);
        assertThat(atomic.compareAndSwap(key("a"), null, bytes("new"))).isEqualTo(new CasResult(true, null));
    }

    @Test
    @Capability(value = "RAW-12", needs = ServerFeature.RAW_ATOMIC)
    void aSwapTellsAnEmptyValueFromNone() {
        RawClient atomic = raw.with(RawOptions.DEFAULT.withAtomic(true));
        byte[] empty = new byte[0];
        assertThat(atomic.compareAndSwap(key("e"), empty, bytes("1"))).isEqualTo(new CasResult(false, null));
        assertThat(atomic.compareAndSwap(key("e"), null, empty)).isEqualTo(new CasResult(true, null));
        assertThat(atomic.compareAndSwap(key("e"), null, bytes("1"))).isEqualTo(new CasResult(false, empty));
        assertThat(atomic.compareAndSwap(key("e"), empty, bytes("1"))).isEqualTo(new CasResult(true, empty));
        assertThat(raw.get(key("e"))).isEqualTo(bytes("1"));
    }

    @Test
    @Capability(
            value = {"RAW-07", "RAW-08", "RAW-10", "RAW-14"},
            needs = ServerFeature.RAW_COLUMN_FAMILIES)
    void rangesAndBatchesStayInTheirColumnFamily() {
        RawClient write = raw.with(RawOptions.DEFAULT.withColumnFamily("write"));
        fill(3);
        write.batchPut(List.of(new KvPair(key(1), bytes("w")), new KvPair(key(7), bytes("w"))));
        assertThat(write.scan(all(), ScanOptions.limit(9).reversed()))
                .extracting(KvPair::key)
                .containsExactly(key(7), key(1));
        assertThat(write.batchGet(List.of(key(0), key(1)))).containsExactly(null, bytes("w"));
        write.batchDelete(List.of(key(1)));
        write.deleteRange(all());
        assertThat(write.scan(all(), ScanOptions.limit(9))).isEmpty();
        assertThat(raw.scan(all(), ScanOptions.limit(9))).hasSize(3);
        assertThat(raw.with(RawOptions.DEFAULT.withColumnFamily("default")).get(key(1)))
                .isEqualTo(raw.get(key(1)));
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TikvException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    private List<String> names(int from, int to) {
        return Stream.iterate(from, i -> i < to, i -> i + 1).map(this::name).toList();
    }

    private List<String> namesDown(int above, int to) {
        return Stream.iterate(above - 1, i -> i >= to, i -> i - 1)
                .map(this::name)
                .toList();
    }
}
