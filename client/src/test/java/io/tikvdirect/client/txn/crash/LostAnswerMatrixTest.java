package io.tikvdirect.client.txn.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.TikvException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
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

    @ParameterizedTest
    @EnumSource
    void nothingWrongIsClaimed(CommitKind kind) {
        new Matrix(kind, new int[][] {{1, 1}, {3, 2}}).run();
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void nothingWrongIsClaimedAboutEverything(CommitKind kind) {
        for (int mutations : new int[] {1, 2, 3, 300}) {
            for (int regions = 1; regions <= Math.min(3, mutations); regions++) {
                new Matrix(kind, new int[][] {{mutations, regions}}).run();
            }
        }
    }

    /** Transactions of one kind that all go wrong at the same time, each in its own way. */
    private static final class Matrix {
        private final CommitKind kind;
        private final int[][] shapes;
        private final Map<Case, Fate> cases = new HashMap<>();

        Matrix(CommitKind kind, int[][] shapes) {
            this.kind = kind;
            this.shapes = shapes;
        }

        void run() {
            for (int[] shape : shapes) {
                int requests = requests(shape);
                for (int request = 1; request <= requests; request++) {
                    askedAgain(shape, request);
                    int number = request;
                    start(shape, "answer " + request + " lost", fate -> fate.loseAnswer(number));
                    start(shape, "request " + request + " late", fate -> fate.delay(number, LATE));
                }
            }
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
        private int requests(int[] shape) {
            Case one = new Case(
                    clients,
                    clients.healthy(),
                    kind,
                    clients.keys(shape[0], shape[1]),
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
        private void askedAgain(int[] shape, int request) {
            Case one = new Case(
                    clients,
                    kind,
                    clients.keys(shape[0], shape[1]),
                    kind.options().withTimeout(PATIENCE),
                    "connection broken with answer " + request);
            try (Fate fate = one.fate().breakConnectionAfter(request)) {
                one.start();
                assertThat(one.outcome()).as(one.toString()).isNull();
                assertThat(one.isCommitted()).as(one.toString()).isTrue();
                assertThat(fate.arrived()).isPositive();
            }
        }

        private void start(int[] shape, String what, UnaryOperator<Fate> fate) {
            Case one = new Case(
                    clients,
                    kind,
                    clients.keys(shape[0], shape[1]),
                    kind.options().withTimeout(HURRY),
                    what);
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
