package io.tikvdirect.client.txn.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.client.TikvException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each of the requests of a transaction in turn is executed while its answer is lost, or is executed when its time is long
 * over, for every kind of commit. Whatever the client then claims is true, and stays true; what it cannot know it calls
 * undetermined.
 */
@Timeout(600)
class LostAnswerMatrixTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration HURRY = Duration.ofMillis(1_500);
    private static final Duration TOO_MUCH = Duration.ofSeconds(1);
    /** How many requests have met their fate. */
    private static final AtomicInteger POINTS = new AtomicInteger();

    private static ClusterPool clusters;

    @BeforeAll
    static void start() {
        clusters = new ClusterPool();
    }

    @AfterAll
    static void stop() throws Exception {
        clusters.close();
        System.out.println(POINTS + " answers were lost, late, or asked for again");
    }

    static Stream<Arguments> everything() {
        List<Arguments> all = new ArrayList<>();
        for (int mutations : new int[] {300, 3, 2, 1}) { // the longest first, they run side by side
            for (CommitKind kind : CommitKind.values()) {
                all.add(Arguments.of(kind, mutations));
            }
        }
        return all.stream();
    }

    @Test
    void nothingWrongIsClaimed() throws Exception {
        clusters.use(clients -> {
            Matrix matrix = new Matrix(clients);
            for (CommitKind kind : CommitKind.values()) {
                matrix.add(kind, 1, 1);
                matrix.add(kind, 3, 2);
            }
            matrix.run();
        });
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("everything")
    @Execution(ExecutionMode.CONCURRENT)
    void nothingWrongIsClaimedAboutEverything(CommitKind kind, int mutations) throws Exception {
        clusters.use(clients -> {
            Matrix matrix = new Matrix(clients);
            for (int regions = 1; regions <= Math.min(3, mutations); regions++) {
                matrix.add(kind, mutations, regions);
            }
            matrix.run();
        });
    }

    /** What goes wrong with one transaction, at its request of a number; it is begun anew when it runs out of time before. */
    private record Point(int request, Fate fate, Consumer<Duration> again) {
        boolean isReached() {
            return fate.arrived() >= request;
        }
    }

    /** Transactions that all go wrong at the same time, each in its own way. */
    private static final class Matrix {
        private final Map<Case, Point> cases = new LinkedHashMap<>();
        private final Clients clients;

        Matrix(Clients clients) {
            this.clients = clients;
        }

        /** Begins transactions of one kind and size, two for each request of one to which nothing happens. */
        void add(CommitKind kind, int mutations, int regions) {
            int requests = requests(kind, mutations, regions);
            for (int request = 1; request <= requests; request++) {
                askedAgain(kind, clients.keys(mutations, regions), request);
                int number = request;
                start(
                        kind,
                        () -> clients.keys(mutations, regions),
                        number,
                        "answer " + request + " lost",
                        (fate, time) -> fate.loseAnswer(number),
                        HURRY);
                start(
                        kind,
                        () -> clients.keys(mutations, regions),
                        number,
                        "request " + request + " late",
                        (fate, time) -> fate.delay(number, time.plus(TOO_MUCH)),
                        HURRY);
            }
        }

        /** Sees to it that each request has met its fate, on a busy machine with more time than meant. */
        void run() {
            Duration time = HURRY;
            for (int round = 1; !cases.isEmpty(); round++) {
                assertThat(round)
                        .as("time does not suffice for %s", cases.keySet())
                        .isLessThan(6);
                List<Point> missed = runOnce(time.plus(TOO_MUCH));
                Duration more = time.multipliedBy(3);
                missed.forEach(point -> point.again().accept(more));
                time = more;
            }
        }

        /** Gives those that had no time to meet their fate, and forgets all. */
        private List<Point> runOnce(Duration latest) {
            long allExecutedNs = System.nanoTime() + latest.toNanos() + TimeUnit.MILLISECONDS.toNanos(500);
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
            List<Point> missed =
                    cases.values().stream().filter(point -> !point.isReached()).toList();
            POINTS.addAndGet(cases.size() - missed.size());
            cases.values().forEach(point -> point.fate().close());
            cases.clear();
            return missed;
        }

        /** How many requests a transaction sends when nothing goes wrong. */
        private int requests(CommitKind kind, int mutations, int regions) {
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
        private void askedAgain(CommitKind kind, List<byte[]> keys, int request) {
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
                assertThat(fate.arrived()).isGreaterThanOrEqualTo(request);
                POINTS.incrementAndGet();
            }
        }

        private void start(
                CommitKind kind,
                Supplier<List<byte[]>> keys,
                int request,
                String what,
                BiFunction<Fate, Duration, Fate> fate,
                Duration time) {
            Case one = new Case(clients, kind, keys.get(), kind.options().withTimeout(time), what);
            cases.put(
                    one,
                    new Point(
                            request,
                            fate.apply(one.fate(), time),
                            more -> start(kind, keys, request, what, fate, more)));
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
