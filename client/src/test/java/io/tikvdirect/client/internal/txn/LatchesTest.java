package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.client.txn.WriteConflictException;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.FaultRule;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Optimistic commits of one client that write the same keys. */
@Timeout(120)
class LatchesTest extends EngineFixture {

    private static final AtomicInteger KEYS = new AtomicInteger();

    private String prefix;
    private Latches latches;

    @BeforeAll
    static void start() throws Exception {
        open(EmbeddedCluster.builder().stores(1).start(), "txn.latches", "60");
    }

    @BeforeEach
    void choosePrefix() {
        prefix = "latches/" + KEYS.incrementAndGet() + "/";
        latches = new Latches(engine, 3, engine.timers());
    }

    @AfterEach
    void mend() {
        cluster.faults().clear();
        latches.close();
    }

    private byte[] key(String name) {
        return (prefix + name).getBytes(StandardCharsets.UTF_8);
    }

    /** What became of a wish. */
    private static final class Wish implements Promise<Latches.Latch> {
        private final CompletableFuture<Latches.Latch> result = new CompletableFuture<>();

        @Override
        public void succeed(Latches.Latch latch) {
            result.complete(latch);
        }

        @Override
        public void fail(TikvException failure) {
            result.completeExceptionally(failure);
        }

        Latches.Latch latch() throws Exception {
            return result.get(60, TimeUnit.SECONDS);
        }
    }

    private static long soonNs() {
        return System.nanoTime() + Duration.ofSeconds(100).toNanos();
    }

    private Wish ask(long startTs, String... names) {
        Wish wish = new Wish();
        List<byte[]> keys = new ArrayList<>();
        for (String name : names) {
            keys.add(key(name));
        }
        latches.acquire(keys, startTs, soonNs(), wish);
        return wish;
    }

    @Test
    void whoWritesTheSameKeyWaitsAndWhoWritesAnotherDoesNot() throws Exception {
        Latches.Latch first = ask(1, "a", "b").latch();
        Latches.Latch other = ask(2, "c").latch();
        Wish second = ask(3, "b", "d");
        Wish third = ask(4, "d", "b");
        assertThat(latches.count()).isEqualTo(2);
        first.release(0);
        Latches.Latch next = second.latch();
        assertThat(third.result).isNotDone();
        next.release(0);
        third.latch().release(0);
        other.release(0);
        assertThat(latches.count()).isZero();
        assertThat(latches.remembered()).isZero();
    }

    @Test
    void whoHasLostAlreadyIsRefusedAndTheNextGoesOn() throws Exception {
        Latches.Latch first = ask(10, "a").latch();
        Wish loser = ask(11, "a", "b");
        Wish another = ask(12, "a");
        Wish later = ask(30, "a");
        first.release(20);
        for (Wish lost : List.of(loser, another)) {
            assertThat(lost.result).isCompletedExceptionally();
            WriteConflictException conflict = (WriteConflictException)
                    catchThrowableOfType(java.util.concurrent.ExecutionException.class, lost::latch)
                            .getCause();
            assertThat(conflict.conflictCommitTimestamp()).isEqualTo(new Timestamp(20));
        }
        later.latch().release(40);
        assertThat(ask(39, "a").result).isCompletedExceptionally();
        ask(41, "a", "b").latch().release(0);
        assertThat(latches.count()).isZero();
    }

    @Test
    void whoWaitsTooLongLeaves() throws Exception {
        Latches.Latch first = ask(1, "a").latch();
        Wish hurried = new Wish();
        latches.acquire(List.of(key("0"), key("a")), 2, System.nanoTime() + 1_000_000, hurried);
        assertThat(catchThrowableOfType(java.util.concurrent.ExecutionException.class, hurried::latch))
                .hasCauseInstanceOf(RequestTimeoutException.class);
        first.release(0);
        ask(3, "a", "0").latch().release(0);
    }

    @Test
    void aLineThatIsTooLongIsNotJoined() throws Exception {
        Latches.Latch first = ask(1, "a").latch();
        List<Wish> line = new ArrayList<>();
        for (int i = 0; i < LatchSlot.MOST_WAITERS; i++) {
            line.add(ask(2, "a"));
        }
        Latches.Latch apart = ask(3, "a").latch();
        first.release(0);
        apart.release(0);
        for (Wish wish : line) {
            wish.latch().release(0);
        }
    }

    @Test
    void oldCommitsAreForgotten() throws Exception {
        long stepTs = Duration.ofSeconds(1).toMillis() << Clock.LOGICAL_BITS;
        for (int second = 1; second <= 1_000; second++) {
            ask(second * stepTs, "k" + second).latch().release(second * stepTs + 1);
        }
        long kept = LatchSlot.REMEMBERED_MS / 1_000;
        assertThat(latches.remembered()).isBetween((int) kept, (int) kept + 4 * 50);
        assertThat(ask(999 * stepTs, "k1000").result).isCompletedExceptionally();
    }

    @Test
    void manyWhoMeetInAnyOrderAllGetTheirTurn() throws Exception {
        int threads = 4;
        AtomicInteger[] inside = new AtomicInteger[6];
        for (int i = 0; i < inside.length; i++) {
            inside[i] = new AtomicInteger();
        }
        AtomicInteger done = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(thread);
                all.add(pool.submit(() -> {
                    for (int round = 0; round < 300; round++) {
                        int one = random.nextInt(inside.length);
                        int two = (one + 1 + random.nextInt(inside.length - 1)) % inside.length;
                        Latches.Latch latch = ask(1, "k" + one, "k" + two).latch();
                        assertThat(inside[one].incrementAndGet()).isOne();
                        assertThat(inside[two].incrementAndGet()).isOne();
                        inside[one].decrementAndGet();
                        inside[two].decrementAndGet();
                        latch.release(0);
                        done.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get(100, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(done).hasValue(threads * 300);
        assertThat(latches.remembered()).isZero();
    }

    @Test
    void theLoserOnAHotKeySendsNothing() {
        try (Transaction slow = transactions.begin();
                Transaction pessimistic = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            slow.put(key("hot"), new byte[] {1});
            pessimistic.put(key("hot"), new byte[] {2});
            Timestamp committed;
            try (Transaction fast = transactions.begin()) {
                fast.put(key("hot"), new byte[] {3});
                committed = fast.commit();
            }
            long startTs = slow.startTimestamp().version();
            AtomicInteger sent = new AtomicInteger();
            cluster.faults()
                    .on("KvPrewrite")
                    .where(site -> {
                        if (((PrewriteRequest) site.request()).getStartVersion() == startTs) {
                            sent.incrementAndGet();
                        }
                        return false;
                    })
                    .fail(Status.INTERNAL);
            WriteConflictException conflict = catchThrowableOfType(WriteConflictException.class, slow::commit);
            assertThat(conflict.conflictCommitTimestamp()).isEqualTo(committed);
            assertThat(conflict.isRetryable()).isTrue();
            assertThat(sent).hasValue(0);
            assertThat(catchThrowableOfType(WriteConflictException.class, pessimistic::commit)
                            .conflictStartTimestamp())
                    .as("a pessimistic transaction asks the store")
                    .isNotEqualTo(new Timestamp(0));
        }
    }

    @Test
    void aCommitThatFailsLetsTheNextOneGoOn() throws Exception {
        FaultRule refused = cluster.faults().on("KvPrewrite").times(1).fail(Status.PERMISSION_DENIED);
        try (Transaction first = transactions.begin();
                Transaction second = transactions.begin()) {
            first.put(key("k"), new byte[] {1});
            second.put(key("k"), new byte[] {2});
            assertThat(catchThrowableOfType(TikvException.class, first::commit)).isNotNull();
            assertThat(refused.fired()).isOne();
            second.commit();
        }
        await().atMost(PATIENCE)
                .until(() -> engine.latches() != null && engine.latches().count() == 0);
    }
}
