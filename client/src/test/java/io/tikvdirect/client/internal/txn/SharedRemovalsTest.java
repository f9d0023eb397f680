package io.tikvdirect.client.internal.txn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.net.FaultyProxy;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many callers who want the same locks removed make one request (NET-11). */
@Timeout(120)
class SharedRemovalsTest {
    private static final int CALLERS = 100;
    private static final SharedRemovals.Target TARGET = SharedRemovals.Target.ofKey(1, 2, bytes("k"));

    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
    private final SharedRemovals removals = new SharedRemovals(timers);
    private final List<Promise<Boolean>> requests = new ArrayList<>();

    @AfterEach
    void stop() {
        removals.close();
        timers.shutdownNow();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** A caller's promise as a future. */
    private static final class Caller extends CompletableFuture<Boolean> implements Promise<Boolean> {
        @Override
        public void succeed(Boolean result) {
            complete(result);
        }

        @Override
        public void fail(TikvException failure) {
            completeExceptionally(failure);
        }
    }

    private Caller join(SharedRemovals.Target target, Duration patience) {
        Caller caller = new Caller();
        removals.join(target, System.nanoTime() + patience.toNanos(), caller, requests::add);
        return caller;
    }

    private List<Caller> hundred() {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(join(TARGET, Duration.ofMinutes(1)));
        }
        return callers;
    }

    @Test
    void aHundredEqualCallsMakeOneRequestAndTheNextOneAnother() {
        List<Caller> callers = hundred();
        assertThat(requests).hasSize(1);
        assertThat(callers).noneMatch(CompletableFuture::isDone);
        requests.get(0).succeed(true);
        assertThat(callers).allMatch(CompletableFuture::isDone);
        assertThat(removals.count()).isZero();

        join(TARGET, Duration.ofMinutes(1));
        assertThat(requests).hasSize(2);
    }

    @Test
    void aFailureIsEverybodys() {
        List<Caller> callers = hundred();
        requests.get(0).fail(new RequestTimeoutException("late", FailureDetails.NONE, null));
        assertThat(callers).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(removals.count()).isZero();
    }

    @Test
    void anotherFateTransactionOrKeyIsAnotherRequest() {
        join(TARGET, Duration.ofMinutes(1));
        join(SharedRemovals.Target.ofKey(1, 0, bytes("k")), Duration.ofMinutes(1));
        join(SharedRemovals.Target.ofKey(3, 2, bytes("k")), Duration.ofMinutes(1));
        join(SharedRemovals.Target.ofKey(1, 2, bytes("l")), Duration.ofMinutes(1));
        assertThat(requests).hasSize(4);
    }

    @Test
    void eachLeavesAtHisOwnDeadlineAndDisturbsNobody() {
        Caller patient = join(TARGET, Duration.ofMinutes(5));
        Caller hurried = join(TARGET, Duration.ofMillis(20));
        assertThat(hurried)
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(RequestTimeoutException.class);
        assertThat(patient).isNotDone();
        requests.get(0).succeed(true);
        assertThat(patient).isCompletedWithValue(true);
    }

    /** Whole regions of a large transaction, against a store whose answers are held back until all have asked. */
    @Test
    void aStoreIsAskedOnceToCleanItsRegion() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(1).start();
                FaultyProxy proxy = FaultyProxy.to(cluster.stores().get(0).address());
                TikvClient client = TikvClient.open(Config.builder()
                        .set("pd.addresses", String.join(",", cluster.pdAddresses()))
                        .set("address.map", cluster.stores().get(0).address() + "=" + proxy.address())
                        .set("timeout", "60s")
                        // a store that is kept silent shall not be taken for one that hangs
                        .set("store.probe-timeout", "60s")
                        .set("keepalive.time", "60s")
                        .build())) {
            TxnEngine engine = engineOf(client);
            long commitTs = client.timestamp();
            FaultRule asked = cluster.faults().on("KvResolveLock").delay(Duration.ofMillis(1));
            proxy.mode(FaultyProxy.Mode.ANSWERS_HELD);
            List<Caller> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                callers.add(clean(engine, lock("row" + i, LockRemoval.WHOLE_REGION_KEYS), commitTs));
            }
            Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(asked.fired())
                    .isPositive());
            assertThat(callers).noneMatch(CompletableFuture::isDone);
            proxy.mode(FaultyProxy.Mode.PASS);
            for (Caller caller : callers) {
                assertThat(caller.get(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(asked.fired()).isEqualTo(1);
        }
    }

    private static TxnEngine engineOf(TikvClient client) {
        try (Transaction any = client.transactions().begin()) {
            any.get(bytes("so that the region is known"));
            return ((TransactionFace) any).core().engine();
        }
    }

    private static Lock lock(String key, long txnSize) {
        return new Lock(bytes(key), bytes("row0"), 1, 1, txnSize, false, 0, false, 0, List.of());
    }

    private static Caller clean(TxnEngine engine, Lock lock, long commitTs) {
        Caller caller = new Caller();
        new LockRemoval(engine, List.of(lock), List.of(), TxnStatus.committed(commitTs))
                .run(System.nanoTime() + TimeUnit.SECONDS.toNanos(60), caller);
        return caller;
    }
}
