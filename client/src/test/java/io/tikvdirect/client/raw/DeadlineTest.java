package io.tikvdirect.client.raw;

import static io.tikvdirect.client.raw.TestClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.net.FaultyProxy.Mode;
import io.tikvdirect.proto.errorpb.EpochNotMatch;
import io.tikvdirect.proto.errorpb.Error;
import io.tikvdirect.proto.errorpb.NotLeader;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Silence at every phase of a call: PD, look-up, connecting, HTTP/2, the stream, the answer, the timestamp oracle, and
 * answers that never help. Each face's call ends by its deadline with a typed failure, and works again, on the same client,
 * once the peer does.
 *
 * <p>How far calls outlived their deadline is measured by the client itself and by the test, and printed; what is asserted is
 * a bound that a very busy machine keeps too. On a quiet machine the printed figures are below 50 ms.
 */
class DeadlineTest extends DeadlineFixture {

    // ---- PD

    @Test
    @BesideOthers
    void pdAcceptsAndIsSilentWhenAClientIsOpened() throws Exception {
        opensNot(Mode.SILENT);
    }

    @Test
    @BesideOthers
    void connectionsToPdHangWhenAClientIsOpened() throws Exception {
        opensNot(Mode.BLACKHOLE);
    }

    @Test
    @BesideOthers
    void pdFallsSilentBeforeTheFirstLookUp() throws Exception {
        pdProxy.mode(Mode.SILENT);
        allEndByTheirDeadline();
        pdProxy.mode(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void pdResetsEveryConnection() throws Exception {
        pdProxy.mode(Mode.RESET);
        allEndByTheirDeadline();
        pdProxy.mode(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void pdDiesAndComesBack() throws Exception {
        cluster.stopPd();
        allEndByTheirDeadline();
        cluster.startPd();
        recovers();
    }

    @Test
    @BesideOthers
    void theLookUpOfRegionsHangs() throws Exception {
        cluster.faults().onAny().where(site -> site.rpc().contains("Region")).dropBefore();
        allEndByTheirDeadline();
        cluster.faults().clear();
        recovers();
    }

    @Test
    @BesideOthers
    void theTimestampOracleIsSilent() throws Exception {
        patiently().untilAsserted(() -> assertThat(client.timestamp()).isPositive());
        pdProxy.mode(Mode.ANSWERS_HELD);
        Map<String, CompletableFuture<?>> calls = new LinkedHashMap<>();
        calls.put("timestamp", blocking(client::timestamp));
        calls.put("timestampAsync", client.timestampAsync().toCompletableFuture());
        end(calls, true);
        pdProxy.mode(Mode.PASS);
        long startNs = System.nanoTime();
        patiently().untilAsserted(() -> assertThat(client.timestamp()).isPositive());
        print("works again after " + millis(System.nanoTime() - startNs));
    }

    // ---- the way to a store

    @Test
    @BesideOthers
    void connectionsToStoresHang() throws Exception {
        stores(Mode.BLACKHOLE);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void storesNeverAnswerTheConnectionPreface() throws Exception {
        stores(Mode.SILENT);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void storesResetEveryConnection() throws Exception {
        warm();
        stores(Mode.RESET);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void storesFallSilentOnOpenStreams() throws Exception {
        warm();
        stores(Mode.SILENT);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void storesFallSilentUntilTheConnectionIsGivenUp() throws Exception {
        warm();
        stores(Mode.SILENT);
        long failedBefore = streamFailures();
        Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            end(calls(), true);
            assertThat(streamFailures()).isGreaterThan(failedBefore);
        });
        stores(Mode.PASS);
        recovers();
    }

    @Test
    @BesideOthers
    void answersComeOneByteAtATime() throws Exception {
        warm();
        stores(Mode.TRICKLE);
        allEndByTheirDeadline();
        stores(Mode.PASS);
        recovers();
    }

    // ---- answers that do not help

    @Test
    @BesideOthers
    void storesAreBusyForEver() throws Exception {
        warm();
        cluster.faults().onAny().where(site -> site.rpc().startsWith("Raw")).serverBusy(Duration.ofMillis(1));
        allEndByTheirDeadline();
        cluster.faults().clear();
        recovers();
    }

    @Test
    @BesideOthers
    void nobodyLeadsForEver() throws Exception {
        regionErrorForEver(Error.newBuilder()
                .setMessage("not leader")
                .setNotLeader(NotLeader.getDefaultInstance())
                .build());
    }

    @Test
    @BesideOthers
    void theEpochNeverMatches() throws Exception {
        regionErrorForEver(Error.newBuilder()
                .setMessage("epoch not match")
                .setEpochNotMatch(EpochNotMatch.getDefaultInstance())
                .build());
    }

    /** It also must not become a busy loop: back-off keeps the number of attempts small. */
    private void regionErrorForEver(Error error) throws Exception {
        warm();
        var rule = cluster.faults()
                .onAny()
                .where(site -> site.rpc().startsWith("Raw"))
                .regionError(error);
        allEndByTheirDeadline();
        print(rule.fired() + " attempts of " + calls().size() + " calls");
        assertThat(rule.fired()).as("attempts in " + TIMEOUT).isLessThan(1_000);
        cluster.faults().clear();
        recovers();
    }

    // ---- the client itself

    @Test
    @BesideOthers
    void aBlockingCallEndsThoughTheLoopIsStuckInACallback() throws Exception {
        warm();
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        TestClients.onALoop(client.raw().direct(), () -> {
            stuck.countDown();
            awaitUninterrupted(goOn);
        });
        assertThat(stuck.await(30, TimeUnit.SECONDS)).isTrue();
        RawClient raw = client.raw();
        RawClient atomic = raw.with(raw.options().withAtomic(true));
        long startNs = System.nanoTime();
        CompletableFuture<?> read = blocking(() -> raw.get(bytes("a")));
        CompletableFuture<?> swap = blocking(() -> atomic.compareAndSwap(bytes("q"), null, bytes("1")));
        CompletableFuture<?> batch = blocking(() -> {
            atomic.batchPut(List.of(new KvPair(bytes("q"), bytes("1"))));
            return null;
        });
        assertThat(read)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(RequestTimeoutException.class);
        assertThat(swap)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UndeterminedException.class);
        assertThat(batch)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UndeterminedException.class);
        long overNs = System.nanoTime() - startNs - TIMEOUT.toNanos();
        print("overrun seen " + millis(overNs));
        goOn.countDown();
        assertThat(overNs).isLessThan(BUSY_MACHINE_NS);
        recovers();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @BesideOthers
    void theWindowStaysFull() throws Exception {
        try (TikvClient small = TestClients.open(cluster, "inflight.operations", "1", "async.saturation", "wait")) {
            small.raw().get(bytes("a"));
            cluster.faults().on("RawGet").dropBefore();
            RawClient patient = small.raw().with(small.raw().options().withTimeout(Duration.ofSeconds(10)));
            RawClient hurried = small.raw().with(small.raw().options().withTimeout(TIMEOUT));
            CompletableFuture<?> holder = patient.async().get(bytes("a")).toCompletableFuture();
            long startNs = System.nanoTime();
            CompletableFuture<?> later = hurried.async().get(bytes("a")).toCompletableFuture();
            CompletableFuture<?> parked = blocking(() -> hurried.get(bytes("a")));
            assertThat(later).failsWithin(Duration.ofSeconds(30));
            assertThat(parked)
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .havingCause()
                    .satisfies(failure ->
                            assertThat(((TikvException) failure).code()).isEqualTo(ErrorCode.BACKPRESSURE));
            long overNs = System.nanoTime() - startNs - TIMEOUT.toNanos();
            print("overrun seen " + millis(overNs));
            assertThat(overNs).isLessThan(BUSY_MACHINE_NS);
            assertThat(holder).failsWithin(Duration.ofSeconds(60));
            cluster.faults().clear();
            assertThat(small.raw().get(bytes("nothing"))).isNull();
        }
    }
}
