package io.tikvdirect.client.txn.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client dies before, or right after, each of the requests of a transaction, for every kind of commit. Once its locks have
 * outlived their time, another client finds all of the transaction or nothing, and nothing is in its way.
 */
@Timeout(600)
class CrashMatrixTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** More requests than any of these transactions sends; a bound for a loop that ends by itself. */
    private static final int MOST_REQUESTS = 200;

    /** How many deaths were tried. */
    private static final AtomicInteger POINTS = new AtomicInteger();

    private static ClusterPool clusters;

    @BeforeAll
    static void start() {
        clusters = new ClusterPool();
    }

    @AfterAll
    static void stop() throws Exception {
        clusters.close();
        System.out.println("clients died in " + POINTS + " ways");
    }

    static Stream<Arguments> selection() {
        List<Arguments> all = new ArrayList<>();
        for (CommitKind kind : CommitKind.values()) {
            all.add(Arguments.of(kind, 1, 1));
            all.add(Arguments.of(kind, 3, 2));
        }
        return all.stream();
    }

    static Stream<Arguments> everything() {
        List<Arguments> all = new ArrayList<>();
        for (int mutations : new int[] {300, 3, 2, 1}) { // the longest first, they run side by side
            for (CommitKind kind : CommitKind.values()) {
                for (int regions = 1; regions <= Math.min(3, mutations); regions++) {
                    all.add(Arguments.of(kind, mutations, regions));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("selection")
    void allOrNothing(CommitKind kind, int mutations, int regions) throws Exception {
        clusters.use(clients -> dieEverywhere(clients, kind, mutations, regions));
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("everything")
    @Execution(ExecutionMode.CONCURRENT)
    void allOrNothingOfEverything(CommitKind kind, int mutations, int regions) throws Exception {
        clusters.use(clients -> dieEverywhere(clients, kind, mutations, regions));
    }

    private static void dieEverywhere(Clients clients, CommitKind kind, int mutations, int regions) {
        int request = 1;
        boolean reached = true;
        while (reached) {
            assertThat(request).isLessThan(MOST_REQUESTS);
            reached = die(clients, kind, mutations, regions, request, true);
            if (reached) {
                die(clients, kind, mutations, regions, request, false);
            }
            request++;
        }
        assertThat(request).as("requests of %s", kind).isGreaterThan(1);
    }

    /** Lets one client die; false if it had ended well before. */
    private static boolean die(
            Clients clients, CommitKind kind, int mutations, int regions, int request, boolean before) {
        String where = regions + " regions, dead " + (before ? "before" : "after") + " request " + request;
        List<byte[]> keys = clients.keys(mutations, regions);
        Case one = new Case(clients, kind, keys, kind.options().withTimeout(PATIENCE), where);
        try (Fate fate = one.fate()) {
            Fate unused = before ? fate.dieBefore(request) : fate.dieAfter(request);
            one.start();
            boolean reached = await(clients, one, fate, request);
            clients.outliveLocks();
            if (request % 2 == 0) { // else a writer is the first to meet the locks
                boolean committed = one.isCommitted();
                assertThat(one.isCommitted() || !committed)
                        .as("%s: what was seen once stays", one)
                        .isTrue();
                checkClaim(one, committed);
            }
            one.overwrite();
            POINTS.addAndGet(reached ? 1 : 0);
            return reached;
        }
    }

    /** Waits until the client is dead; false when everything was done without that request. */
    private static boolean await(Clients clients, Case one, Fate fate, int request) {
        Awaitility.await(one.toString())
                .pollInterval(Duration.ofMillis(1))
                .atMost(PATIENCE)
                .until(() -> fate.arrived() >= request || (one.isDone() && clients.isVictimIdle()));
        boolean reached = fate.arrived() >= request;
        if (!reached) {
            assertThat(one.outcome())
                    .as("%s: ends the row, so it must be all", one)
                    .isNull();
        }
        return reached;
    }

    private static void checkClaim(Case one, boolean committed) {
        if (one.isDone() && one.outcome() == null) {
            assertThat(committed).as("%s: claimed to be committed", one).isTrue();
        }
    }
}
