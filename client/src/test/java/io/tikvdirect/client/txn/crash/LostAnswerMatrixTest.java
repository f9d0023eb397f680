package io.tikvdirect.client.txn.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.TikvException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each of the requests of a transaction in turn is executed while its answer is lost, or is executed when its time is long
 * over, for every kind of commit. Whatever the client then claims is true, and stays true; what it cannot know it calls
 * undetermined.
 */
@Timeout(600)
class LostAnswerMatrixTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration HURRY = Duration.ofMillis(1_500);
    private static final Duration LATE = Duration.ofMillis(2_500);

    private static Clients clients;

    @BeforeAll
    static void start() throws Exception {
        clients = new Clients();
    }

    @AfterAll
    static void stop() throws Exception {
        clients.close();
    }

    @Test
    void nothingWrongIsClaimed() {
        Matrix matrix = new Matrix();
        for (CommitKind kind : CommitKind.values()) {
            matrix.add(kind, 1, 1);
            matrix.add(kind, 3, 2);
        }
        matrix.run();
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void nothingWrongIsClaimedAboutEverything(CommitKind kind) {
        for (int mutations : new int[] {1, 2, 3, 300}) {
            Matrix matrix = new Matrix();
            for (int regions = 1; regions <= Math.min(3, mutations); regions++) {
                matrix.add(kind, mutations, regions);
            }
            matrix.run();
        }
    }

    /** Transactions that all go wrong at the same time, each in its own way. */
    private static final class Matrix {
        private final Map<Case, Fate> cases = new LinkedHashMap<>();

        /** Begins transactions of one kind and size, two for each request of one to which nothing happens. */
        void add(CommitKind kind, int mutations, int regions) {
            int requests = requests(kind, mutations, regions);
            for (int request = 1; request <= requests; request++) {
                askedAgain(kind, clients.keys(mutations, regions), request);
                int number = request;
                start(
                        kind,
                        clients.keys(mutations, regions),
                        "answer " + request + " lost",
                        fate -> fate.loseAnswer(number));
                start(
                        kind,
                        clients.keys(mutations, regions),
                        "request " + request + " late",
                        fate -> fate.delay(number, LATE));
            }
        }

        void run() {
            long allExecutedNs = System.nanoTime() + LATE.toNanos() + TimeUnit.MILLISECONDS.toNanos(500);
            Map<Case, Boolean> committed = new HashMap<>();
            cases.keySet().forEach(Matrix::waitFor);
            clients.outliveLocks();
            cases.keySet().forEach(one -> committed.put(one, check(one)));
            while (System.nanoTime() - allExecutedNs < 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
            clients.outliveLocks(); // those of late requests too
            for (Case one : cases.keySet()) {
                assertThat(check(one)).as("%s: stays as it was seen", one).isEqualTo(committed.get(one));
                one.overwrite();
            }
            cases.values().forEach(Fate::close);
        }

        /** How many requests a transaction sends when nothing goes wrong. */
        private static int requests(CommitKind kind, int mutations, int regions) {
            Case one = new Case(
                    clients,
                    clients.healthy(),
                    kind,
                    clients.keys(mutations, regions),
                    kind.options().withTimeout(PATIENCE),
                    "counted");
            try (Fate fate = one.fate().watch()) {
                one.start();
                assertThat(one.outcome()).isNull();
                Awaitility.await().atMost(PATIENCE).until(clients::isHealthyIdle);
                assertThat(fate.arrived()).isPositive();
                return fate.arrived();
            }
        }

        /** The connection breaks with the answer: the client asks again, and what was done is not done twice. */
        private static void askedAgain(CommitKind kind, List<byte[]> keys, int request) {
            Case one = new Case(
                    clients,
                    kind,
                    keys,
                    kind.options().withTimeout(PATIENCE),
                    "connection broken with answer " + request);
            try (Fate fate = one.fate().breakConnectionAfter(request)) {
                one.start();
                assertThat(one.outcome()).as(one.toString()).isNull();
                assertThat(one.isCommitted()).as(one.toString()).isTrue();
                assertThat(fate.arrived()).isPositive();
            }
        }

        private void start(CommitKind kind, List<byte[]> keys, String what, UnaryOperator<Fate> fate) {
            Case one = new Case(clients, kind, keys, kind.options().withTimeout(HURRY), what);
            cases.put(one, fate.apply(one.fate()));
            one.start();
        }

        private static void waitFor(Case one) {
            TikvException unused = one.outcome();
        }

        private static boolean check(Case one) {
            boolean committed = one.isCommitted();
            TikvException failure = one.outcome();
            if (failure == null) {
                assertThat(committed).as("%s: claimed to be committed", one).isTrue();
            } else if (!failure.isUndetermined()) {
                assertThat(committed)
                        .as("%s: denied with %s", one, failure.code())
                        .isFalse();
            }
            return committed;
        }
    }
}
