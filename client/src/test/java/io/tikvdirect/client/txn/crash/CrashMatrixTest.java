package io.tikvdirect.client.txn.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
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

    private static Clients clients;

    @BeforeAll
    static void start() throws Exception {
        clients = new Clients();
    }

    @AfterAll
    static void stop() throws Exception {
        clients.close();
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
        for (CommitKind kind : CommitKind.values()) {
            for (int mutations : new int[] {1, 2, 3, 300}) {
                for (int regions = 1; regions <= Math.min(3, mutations); regions++) {
                    all.add(Arguments.of(kind, mutations, regions));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("selection")
    void allOrNothing(CommitKind kind, int mutations, int regions) {
        dieEverywhere(kind, mutations, regions);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("everything")
    void allOrNothingOfEverything(CommitKind kind, int mutations, int regions) {
        dieEverywhere(kind, mutations, regions);
    }

    private static void dieEverywhere(CommitKind kind, int mutations, int regions) {
        int request = 1;
        boolean reached = true;
        while (reached) {
            assertThat(request).isLessThan(MOST_REQUESTS);
            reached = die(kind, mutations, regions, request, true);
            if (reached) {
                die(kind, mutations, regions, request, false);
            }
            request++;
        }
        assertThat(request).as("requests of %s", kind).isGreaterThan(1);
    }

    /** Lets one client die; false if it had ended well before. */
    private static boolean die(CommitKind kind, int mutations, int regions, int request, boolean before) {
        String where = regions + " regions, dead " + (before ? "before" : "after") + " request " + request;
        List<byte[]> keys = clients.keys(mutations, regions);
        Duration soon = Duration.ofSeconds(10);
        Case one = new Case(clients, kind, keys, kind.options().withTimeout(soon), where);
        try (Fate fate = one.fate()) {
            Fate unused = before ? fate.dieBefore(request) : fate.dieAfter(request);
            one.start();
            boolean reached = await(one, fate, request);
            clients.outliveLocks();
            if (request % 2 == 0) { // else a writer is the first to meet the locks
                boolean committed = one.isCommitted();
                assertThat(one.isCommitted() || !committed)
                        .as("%s: what was seen once stays", one)
                        .isTrue();
                checkClaim(one, committed);
            }
            one.overwrite();
            return reached;
        }
    }

    /** Waits until the client is dead; false when everything was done without that request. */
    private static boolean await(Case one, Fate fate, int request) {
        Awaitility.await(one.toString())
                .pollInterval(Duration.ofMillis(1))
                .atMost(PATIENCE)
                .until(() -> fate.arrived() >= request || (one.isDone() && clients.isVictimIdle()));
        return fate.arrived() >= request;
    }

    private static void checkClaim(Case one, boolean committed) {
        if (one.isDone() && one.outcome() == null) {
            assertThat(committed).as("%s: claimed to be committed", one).isTrue();
        }
    }
}
