package io.tikvdirect.client.internal.pd;

import static io.tikvdirect.client.internal.pd.PdFixture.get;
import static io.tikvdirect.client.internal.pd.PdFixture.in;
import static io.tikvdirect.client.internal.pd.PdFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TimestampOracleTest {

    private static String uri(final EmbeddedCluster cluster) {
        return "tikv://" + String.join(",", cluster.pdAddresses());
    }

    @Test
    void timestampsOfManyThreadsAreUniqueAndGrowAlsoOverARestartOfPd() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start();
                PdFixture pd = new PdFixture(uri(cluster))) {
            final Set<Long> seen = ConcurrentHashMap.newKeySet();
            final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            final List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                final Thread thread = new Thread(() -> takeTimestamps(pd.oracle, seen, failures));
                threads.add(thread);
                thread.start();
            }
            await().until(() -> seen.size() > 100);
            cluster.stopPd();
            cluster.startPd();
            for (final Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            assertThat(seen).hasSize(3 * 1_500);
        }
    }

    private static void takeTimestamps(
            final TimestampOracle oracle, final Set<Long> seen, final List<Throwable> failures) {
        long last = 0;
        try {
            for (int i = 0; i < 1_500; i++) {
                final long timestamp = get(oracle.timestamp(soon()));
                if (timestamp <= last || !seen.add(timestamp)) {
                    throw new AssertionError(timestamp + " after " + last);
                }
                last = timestamp;
            }
        } catch (final Exception | AssertionError failure) {
            failures.add(failure);
        }
    }

    @Test
    void theOrderOfWaitsDoesNotMatterAndOneWhoLeavesDisturbsNobody() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start();
                PdFixture pd = new PdFixture(uri(cluster) + "?tso.batch=7")) {
            final List<CompletableFuture<Long>> all = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                all.add(pd.oracle.timestamp(soon()));
            }
            all.remove(500).cancel(false);
            final long lastFirst = get(all.get(all.size() - 1));
            long before = 0;
            for (final CompletableFuture<Long> each : all) {
                assertThat(get(each)).isGreaterThan(before).isLessThanOrEqualTo(lastFirst);
                before = get(each);
            }
            // A caller is told before he is counted out
            Awaitility.await()
                    .untilAsserted(() -> assertThat(pd.oracle.waiting()).isZero());
        }
    }

    /** While the first requests are unanswered all others gather, and then one request is enough for them. */
    @Test
    void whoComesWhileRequestsAreUnderWaySharesTheNextOne() throws Exception {
        try (ScriptedPd server = new ScriptedPd();
                PdFixture pd = new PdFixture("tikv://" + server.address() + "?pd.timeout=60s")) {
            get(pd.oracle.timestamp(soon()));
            final int before = server.requests();
            server.hold();
            final List<CompletableFuture<Long>> all = new ArrayList<>();
            for (int underWay = 1; underWay <= 4; underWay++) {
                all.add(pd.oracle.timestamp(soon()));
                final int asked = before + underWay;
                await().until(() -> server.requests() == asked);
            }
            for (int i = 0; i < 2_000; i++) {
                all.add(pd.oracle.timestamp(soon()));
            }
            server.release();
            for (final CompletableFuture<Long> each : all) {
                get(each);
            }
            // the loop may see some of the two thousand when the first answer comes, and the others with the next
            assertThat(server.requests() - before).isBetween(5, 8);
        }
    }

    @Test
    void whenPdIsAwayEachWaiterEndsByItsOwnDeadlineAndThePatientOneIsServedLater() throws Exception {
        try (EmbeddedCluster cluster = EmbeddedCluster.builder().start();
                PdFixture pd = new PdFixture(uri(cluster))) {
            get(pd.oracle.timestamp(soon()));
            cluster.stopPd();
            final CompletableFuture<Long> patient = pd.oracle.timestamp(soon());
            final CompletableFuture<Long> hasty = pd.oracle.timestamp(in(Duration.ofMillis(100)));
            assertThatThrownBy(() -> get(hasty)).hasCauseInstanceOf(PdUnavailableException.class);
            assertThat(patient).isNotDone();
            cluster.startPd();
            assertThat(get(patient)).isPositive();
        }
    }

    @Test
    void moreWaitersThanTheQueueHoldsAreRefused() throws Exception {
        try (PdFixture pd = new PdFixture("tikv://127.0.0.1:1?tso.queue=10")) {
            final List<CompletableFuture<Long>> all = new ArrayList<>();
            for (int i = 0; i < 11; i++) {
                all.add(pd.oracle.timestamp(soon()));
            }
            assertThatThrownBy(() -> get(all.get(10))).hasCauseInstanceOf(BackpressureException.class);
            all.get(0).cancel(false);
            final CompletableFuture<Long> next = pd.oracle.timestamp(soon());
            pd.oracle.close();
            assertThatThrownBy(() -> get(next)).hasCauseInstanceOf(ClientClosedException.class);
            assertThatThrownBy(() -> get(pd.oracle.timestamp(soon()))).hasCauseInstanceOf(ClientClosedException.class);
            // A caller is told before he is counted out
            Awaitility.await()
                    .untilAsserted(() -> assertThat(pd.oracle.waiting()).isZero());
        }
    }

    @Test
    void aTimestampThatGoesBackIsRefused() throws Exception {
        try (ScriptedPd server = new ScriptedPd();
                PdFixture pd = new PdFixture("tikv://" + server.address())) {
            server.physical(1_000);
            final long first = get(pd.oracle.timestamp(soon()));
            server.physical(999);
            assertThatThrownBy(() -> get(pd.oracle.timestamp(in(Duration.ofSeconds(2)))))
                    .hasCauseInstanceOf(ProtocolException.class)
                    .hasMessageContaining("again");
            server.physical(1_001);
            assertThat(get(pd.oracle.timestamp(soon()))).isGreaterThan(first);
        }
    }

    @Test
    void anAnswerWithAnotherCountIsNotBelieved() throws Exception {
        try (ScriptedPd server = new ScriptedPd();
                PdFixture pd = new PdFixture("tikv://" + server.address())) {
            get(pd.oracle.timestamp(soon()));
            server.surplus(1);
            assertThatThrownBy(() -> get(pd.oracle.timestamp(in(Duration.ofSeconds(2)))))
                    .hasCauseInstanceOf(ProtocolException.class);
            server.surplus(0);
            assertThat(get(pd.oracle.timestamp(soon()))).isPositive();
        }
    }

    @Test
    void aSilentStreamIsReplaced() throws Exception {
        try (ScriptedPd server = new ScriptedPd();
                PdFixture pd = new PdFixture("tikv://" + server.address() + "?pd.timeout=300ms")) {
            server.silent(true);
            final CompletableFuture<Long> waiting = pd.oracle.timestamp(soon());
            await().until(() -> server.streams() > 1);
            server.silent(false);
            assertThat(get(waiting)).isPositive();
        }
    }

    @Test
    void theStreamFollowsTheLeader() throws Exception {
        try (ScriptedPd old = new ScriptedPd();
                ScriptedPd next = new ScriptedPd();
                PdFixture pd = new PdFixture("tikv://" + old.address() + ',' + next.address())) {
            old.leader(old);
            next.leader(old);
            final long before = get(pd.oracle.timestamp(soon()));
            old.leader(next);
            next.leader(next);
            old.stepDown();
            assertThat(get(pd.oracle.timestamp(soon()))).isGreaterThan(before);
            assertThat(next.streams()).isPositive();
        }
    }

    /** His timestamp comes nevertheless, and is lost. */
    @Test
    void oneWhoseTimeIsOverWhileHisRequestIsUnderWayIsToldOnceAndDisturbsNobody() throws Exception {
        try (ScriptedPd server = new ScriptedPd();
                PdFixture pd = new PdFixture("tikv://" + server.address() + "?pd.timeout=60s")) {
            get(pd.oracle.timestamp(soon()));
            server.hold();
            final Told hasty = new Told(in(Duration.ofMillis(100)));
            pd.oracle.ask(hasty);
            final CompletableFuture<Long> patient = pd.oracle.timestamp(soon());
            await().until(() -> hasty.failures.get() == 1);
            server.release();
            assertThat(get(patient)).isPositive();
            assertThat(get(pd.oracle.timestamp(soon()))).isGreaterThan(get(patient));
            assertThat(hasty.timestamps).hasValue(0);
            assertThat(hasty.failures).hasValue(1);
            await().until(() -> pd.oracle.waiting() == 0);
        }
    }

    @Test
    void whoThrowsWhenHeIsToldDisturbsNobodyAndWhoIsEndedFromOutsideIsCountedOnce() throws Exception {
        try (ScriptedPd server = new ScriptedPd();
                PdFixture pd = new PdFixture("tikv://" + server.address() + "?pd.timeout=60s")) {
            get(pd.oracle.timestamp(soon()));
            server.hold();
            final Told broken = new Told(soon()) {
                @Override
                public void onTimestamp(final long timestamp) {
                    super.onTimestamp(timestamp);
                    throw new AssertionError("on purpose");
                }
            };
            pd.oracle.ask(broken);
            final CompletableFuture<Long> endedByOthers = pd.oracle.timestamp(soon());
            assertThat(endedByOthers.complete(1L)).isTrue();
            final CompletableFuture<Long> behind = pd.oracle.timestamp(soon());
            server.release();
            assertThat(get(behind)).isPositive();
            assertThat(broken.timestamps).hasValue(1);
            await().until(() -> pd.oracle.waiting() == 0);
        }
    }

    /** Counts how often it is told. */
    private static class Told implements TimestampRequest {
        private final long deadlineNs;
        final AtomicInteger timestamps = new AtomicInteger();
        final AtomicInteger failures = new AtomicInteger();

        Told(final long deadlineNs) {
            this.deadlineNs = deadlineNs;
        }

        @Override
        public long deadlineNs() {
            return deadlineNs;
        }

        @Override
        public void onTimestamp(final long timestamp) {
            timestamps.incrementAndGet();
        }

        @Override
        public void onNoTimestamp(final TikvException failure) {
            failures.incrementAndGet();
        }
    }
}
