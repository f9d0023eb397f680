package io.tikvdirect.client.internal.backoff;

import static io.tikvdirect.client.internal.backoff.BackoffKind.PD_RPC;
import static io.tikvdirect.client.internal.backoff.BackoffKind.REGION_MISS;
import static io.tikvdirect.client.internal.backoff.BackoffKind.TIKV_RPC;
import static io.tikvdirect.client.internal.backoff.BackoffKind.TIKV_SERVER_BUSY;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.BackoffExhaustedException;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackofferTest {
    private static final long FAR_NS = Duration.ofHours(10).toNanos();
    private static final long BUDGET_NS = Duration.ofSeconds(40).toNanos();

    /** The table BACKOFF of the parity list. */
    @ParameterizedTest
    @CsvSource({
        "tikvRPC, 100, 2000, equal",
        "tiflashRPC, 100, 2000, equal",
        "txnLock, 100, 3000, equal",
        "txnLockFast, 10, 3000, equal",
        "pdRPC, 500, 3000, equal",
        "regionMiss, 2, 500, none",
        "regionScheduling, 2, 500, none",
        "tikvServerBusy, 2000, 10000, equal",
        "tiflashServerBusy, 2000, 10000, equal",
        "tikvDiskFull, 500, 5000, none",
        "regionRecoveryInProgress, 100, 10000, equal",
        "txnNotFound, 2, 500, none",
        "staleCommand, 2, 1000, none",
        "maxTsNotSynced, 2, 500, none",
        "commitTSLag, 2, 500, none",
        "regionNotInitialized, 2, 1000, none",
        "isWitness, 1000, 10000, equal"
    })
    void pausesGrowAsInTheTable(final String label, final long baseMs, final long capMs, final String jitter) {
        final BackoffKind kind = Stream.of(BackoffKind.values())
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow();
        final Random random = new Random(1);
        for (int attempt = 0; attempt < 40; attempt++) {
            final double fullMs = Math.min(capMs, baseMs * Math.pow(2, attempt));
            final double delayMs = kind.delayNs(attempt, random) / 1e6;
            assertThat(delayMs).isBetween(jitter.equals("equal") ? fullMs / 2 : fullMs, fullMs);
        }
    }

    @Test
    void theTableHasNoOtherRows() {
        assertThat(BackoffKind.values()).hasSize(17);
    }

    @Test
    void eachKindGrowsByItselfAndAllShareTheBudget() {
        final Backoffer backoffer = new Backoffer(Duration.ofMillis(20).toNanos(), FAR_NS, new Random(1));
        assertThat(delaysMs(backoffer, REGION_MISS, 2)).containsExactly(2.0, 4.0);
        assertThat(delaysMs(backoffer, BackoffKind.REGION_SCHEDULING, 2)).containsExactly(2.0, 4.0);
        assertThat(backoffer.nextDelayNs(REGION_MISS, 0, "x"))
                .isEqualTo(Duration.ofMillis(8).toNanos());
        assertThat(backoffer.nextDelayNs(REGION_MISS, 0, "x")).isEqualTo(Backoffer.GIVE_UP);
        final TikvException failure = backoffer.failure(FailureDetails.of("raw_get"));
        assertThat(failure)
                .isInstanceOf(BackoffExhaustedException.class)
                .hasMessageContaining("most of it on regionMiss");
        assertThat(failure.details().history())
                .contains("regionMiss x3 slept 14 ms", "regionScheduling x2 slept 6 ms", "regionMiss: x");
    }

    private static List<Double> delaysMs(final Backoffer backoffer, final BackoffKind kind, final int count) {
        return Stream.generate(() -> backoffer.nextDelayNs(kind, 0, "cause") / 1e6)
                .limit(count)
                .toList();
    }

    @Property(tries = 200)
    void sleepNeverExceedsTheBudgetNorReachesTheDeadline(
            @ForAll final long seed,
            @ForAll @LongRange(min = 0, max = 60_000) final long budgetMs,
            @ForAll @LongRange(min = 1, max = 60_000) final long deadlineMs) {
        final Random random = new Random(seed);
        final long startNs = random.nextLong();
        final long deadlineNs = startNs + Duration.ofMillis(deadlineMs).toNanos();
        final Backoffer backoffer = new Backoffer(Duration.ofMillis(budgetMs).toNanos(), deadlineNs, random);
        long nowNs = startNs;
        long chargedNs = 0;
        for (int i = 0; i < 100_000; i++) {
            final BackoffKind kind = BackoffKind.values()[random.nextInt(BackoffKind.values().length)];
            final long delayNs = backoffer.nextDelayNs(kind, nowNs, "cause");
            if (delayNs == Backoffer.GIVE_UP) {
                final ErrorCode code = backoffer.failure(FailureDetails.of("x")).code();
                assertThat(code).isIn(ErrorCode.REQUEST_TIMEOUT, ErrorCode.BACKOFF_EXHAUSTED);
                return;
            }
            nowNs += delayNs;
            chargedNs += kind == TIKV_SERVER_BUSY ? 0 : delayNs;
            assertThat(deadlineNs - nowNs).isPositive();
            assertThat(chargedNs).isEqualTo(backoffer.chargedNs()).isLessThanOrEqualTo(budgetMs * 1_000_000);
        }
        throw new AssertionError("it never gave up");
    }

    @Test
    void aPauseThatWouldReachTheDeadlineEndsAsATimeout() {
        final Backoffer backoffer =
                new Backoffer(BUDGET_NS, Duration.ofMillis(40).toNanos(), new Random(1));
        assertThat(backoffer.nextDelayNs(TIKV_RPC, 0, "connection refused")).isEqualTo(Backoffer.GIVE_UP);
        assertThat(backoffer.failure(FailureDetails.of("raw_put")))
                .hasMessageContaining("tikvRPC: connection refused")
                .extracting(TikvException::code)
                .isEqualTo(ErrorCode.REQUEST_TIMEOUT);
    }

    @Test
    void aLongBusyPeriodIsNotChargedUntilTenMinutes() {
        final Backoffer backoffer = new Backoffer(BUDGET_NS, FAR_NS, new Random(1));
        long sleptNs = 0;
        long delayNs = backoffer.nextDelayNs(TIKV_SERVER_BUSY, 0, "busy");
        while (delayNs != Backoffer.GIVE_UP) {
            sleptNs += delayNs;
            delayNs = backoffer.nextDelayNs(TIKV_SERVER_BUSY, sleptNs, "busy");
        }
        assertThat(Duration.ofNanos(sleptNs)).isEqualTo(Duration.ofMinutes(10));
        assertThat(backoffer.chargedNs()).isZero();
        assertThat(backoffer.failure(FailureDetails.of("x")).code()).isEqualTo(ErrorCode.BACKOFF_EXHAUSTED);
    }

    @Test
    void aPauseTheServerAsksForCountsUpToTheCap() {
        final Backoffer backoffer = new Backoffer(BUDGET_NS, FAR_NS, new Random(1));
        final long ms = 1_000_000;
        assertThat(backoffer.nextDelayNs(REGION_MISS, 0, "x", 100 * ms)).isEqualTo(100 * ms);
        assertThat(backoffer.nextDelayNs(REGION_MISS, 0, "x", 900 * ms)).isEqualTo(500 * ms);
    }

    @Test
    void parallelPartsChargeTheParentOnce() {
        final Backoffer parent = new Backoffer(BUDGET_NS, FAR_NS, new Random(1));
        parent.nextDelayNs(REGION_MISS, 0, "before");
        final long beforeNs = parent.chargedNs();
        final Backoffer[] parts = Stream.generate(parent::fork).limit(8).toArray(Backoffer[]::new);
        for (final Backoffer part : parts) {
            assertThat(part.attempts(REGION_MISS)).isZero();
            part.nextDelayNs(PD_RPC, 0, "pd");
        }
        Arrays.stream(parts).forEach(parent::join);
        final long longestNs =
                Arrays.stream(parts).mapToLong(Backoffer::chargedNs).max().orElseThrow();
        assertThat(parent.chargedNs()).isEqualTo(longestNs).isGreaterThan(beforeNs);
        assertThat(parent.history()).contains("pdRPC: pd", "regionMiss: before");
    }

    @Test
    void withoutABudgetNothingIsTriedAgain() {
        for (final BackoffKind kind : BackoffKind.values()) {
            assertThat(new Backoffer(0, FAR_NS, new Random(1)).nextDelayNs(kind, 0, "x"))
                    .isEqualTo(Backoffer.GIVE_UP);
        }
    }
}
