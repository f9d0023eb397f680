package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.txn.KeyLockedException;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Pipelining;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.embedded.ManualClock;
import io.tikvdirect.proto.kvrpcpb.TxnHeartBeatRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transactions that live long, by clocks that the test moves: the oracle's and the client's together. */
@Timeout(120)
class LongLivesTest extends EngineFixture {

    private static final LockOptions NOW = LockOptions.DEFAULT.noWait();
    private static final AtomicInteger KEYS = new AtomicInteger();
    private static final ManualClock CLOCK = new ManualClock();
    private static final AtomicLong CLIENT_NS = new AtomicLong();

    private byte[] key;

    @BeforeAll
    static void start() throws Exception {
        open(EmbeddedCluster.builder().stores(1).clock(CLOCK).start());
    }

    @BeforeEach
    void beatFast() {
        key = ("long/" + KEYS.incrementAndGet()).getBytes(StandardCharsets.UTF_8);
        beatEach(5);
    }

    private static void beatEach(long ms) {
        engine.rules(new Rules(CLIENT_NS::get, ms, Integer.MAX_VALUE, Long.MAX_VALUE));
    }

    @AfterEach
    void mend() {
        cluster.faults().clear();
        awaitIdle();
    }

    private static void pass(Duration time) {
        CLOCK.advance(time);
        CLIENT_NS.addAndGet(time.toNanos());
    }

    /** Heartbeats of a transaction, with the life that they ask for; nothing happens to them. */
    private static final class Beats {
        private final AtomicInteger count = new AtomicInteger();
        private final AtomicLong adviceMs = new AtomicLong();

        Beats(Transaction txn) {
            long startTs = txn.startTimestamp().version();
            cluster.faults()
                    .on("KvTxnHeartBeat")
                    .where(site -> {
                        TxnHeartBeatRequest beat = (TxnHeartBeatRequest) site.request();
                        if (beat.getStartVersion() == startTs) {
                            adviceMs.set(beat.getAdviseLockTtl());
                            count.incrementAndGet();
                        }
                        return false;
                    })
                    .fail(Status.INTERNAL);
        }

        /** The one before the last has been answered by then. */
        void awaitAnswered(Duration age) {
            await().atMost(PATIENCE).until(() -> adviceMs.get() == age.toMillis() + Heartbeat.LIFE_MS);
            int then = count.get();
            await().atMost(PATIENCE).until(() -> count.get() > then + 1);
        }
    }

    @Test
    void aTransactionLivesAsLongAsItsHeartBeats() {
        try (Transaction txn = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            Beats beats = new Beats(txn);
            txn.lock(List.of(key), NOW);
            Duration age = Duration.ZERO;
            for (int i = 0; i < 6; i++) {
                pass(Duration.ofSeconds(15));
                age = age.plusSeconds(15);
                beats.awaitAnswered(age);
                try (Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
                    assertThat(catchThrowable(() -> other.lock(List.of(key), NOW)))
                            .isInstanceOf(KeyLockedException.class);
                }
            }
            txn.put(key, new byte[] {1});
            txn.commit();
        }
        assertThat(transactions.snapshot(transactions.timestamp()).get(key)).isEqualTo(new byte[] {1});
    }

    @Test
    void aTransactionWhoseHeartStandsStillIsTakenOver() {
        beatEach(3_600_000);
        try (Transaction txn = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            txn.lock(List.of(key), NOW);
            pass(Duration.ofSeconds(21));
            try (Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
                // a store that waits goes by the clock that stands; and the client's idea of the time may lag a little
                await().atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(KeyLockedException.class)
                        .until(() -> {
                            other.lock(List.of(key), NOW);
                            return true;
                        });
                other.put(key, new byte[] {2});
                other.commit();
            }
            txn.put(key, new byte[] {1});
            assertThat(catchThrowableOfType(TikvException.class, txn::commit)).isNotNull();
        }
        assertThat(transactions.snapshot(transactions.timestamp()).get(key)).isEqualTo(new byte[] {2});
    }

    @Test
    void afterAnHourATransactionCannotCommit() {
        try (Transaction txn = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            txn.lock(List.of(key), NOW);
            txn.put(key, new byte[] {1});
            pass(Duration.ofMinutes(61));
            TransactionLocks locks = ((TransactionFace) txn).core().locks();
            await().atMost(PATIENCE).until(locks::isLockGone);
            assertThat(catchThrowableOfType(TransactionAbortedException.class, txn::commit))
                    .hasMessageContaining("expired");
        }
        assertThat(transactions.snapshot(transactions.timestamp()).get(key)).isNull();
    }

    @Test
    void aPipelinedTransactionLivesForADay() {
        TransactionOptions pipelined = TransactionOptions.DEFAULT.withPipelining(Pipelining.DEFAULT);
        try (Transaction txn = transactions.begin(pipelined)) {
            Beats beats = new Beats(txn);
            txn.put(key, new byte[] {1});
            txn.flush();
            pass(Duration.ofHours(2));
            beats.awaitAnswered(Duration.ofHours(2));
            txn.commit();
        }
        assertThat(transactions.snapshot(transactions.timestamp()).get(key)).isEqualTo(new byte[] {1});
        try (Transaction txn = transactions.begin(pipelined)) {
            txn.put(key, new byte[] {2});
            txn.flush();
            pass(Duration.ofHours(25));
            Pipeline pipeline = ((TransactionFace) txn).core().writes().pipeline();
            await().atMost(PATIENCE).until(pipeline::isLockGone);
            assertThat(catchThrowable(txn::commit)).isInstanceOf(TransactionAbortedException.class);
        }
        assertThat(transactions.snapshot(transactions.timestamp()).get(key)).isEqualTo(new byte[] {1});
    }
}
