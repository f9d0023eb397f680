package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.tikvdirect.client.TikvException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whose commit fails, and whose waits, when it meets the lock of a transaction that is alive. */
@Timeout(180)
class GivingWayTest extends TransactionFixture {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** A transaction that holds the lock of a key of this test. */
    private Transaction owner(String name) {
        Transaction owner = transactions.begin(PESSIMISTIC.withTimeout(PATIENCE));
        owner.lock(List.of(key(name)), LockOptions.DEFAULT);
        return owner;
    }

    private WriteConflictException refused(Transaction loser) {
        return catchThrowableOfType(WriteConflictException.class, loser::commit);
    }

    /** Counts prewrites of one transaction; nothing happens to them. */
    private AtomicInteger prewrites(Timestamp start) {
        AtomicInteger seen = new AtomicInteger();
        cluster.faults()
                .on("KvPrewrite")
                .where(site -> {
                    if (site.request().toString().contains("start_version: " + start.version())) {
                        seen.incrementAndGet();
                    }
                    return false;
                })
                .fail(Status.INTERNAL);
        return seen;
    }

    @ParameterizedTest
    @MethodSource("optimisticModes")
    void anOlderOptimisticTransactionGivesWayToALock(TransactionOptions options) {
        try (Transaction older = transactions.begin(options.withTimeout(PATIENCE));
                Transaction younger = owner("k")) {
            older.put(key("j"), value("older"));
            older.put(key("k"), value("older"));
            WriteConflictException conflict = refused(older);
            assertThat(conflict.isUndetermined()).isFalse();
            assertThat(conflict.startTimestamp()).isEqualTo(older.startTimestamp());
            assertThat(conflict.conflictStartTimestamp()).isEqualTo(younger.startTimestamp());
            assertThat(conflict.conflictCommitTimestamp().version()).isZero();
            younger.put(key("k"), value("younger"));
            younger.commit();
        }
        assertThat(read("k")).isEqualTo("younger");
        assertThat(read("j")).isNull();
    }

    static List<TransactionOptions> optimisticModes() {
        return List.of(OPTIMISTIC, ASYNC, ONE_PHASE);
    }

    /** Stores tell it to have locks removed from keys it writes without having locked them, whoever they belong to. */
    @Test
    void anOlderPessimisticTransactionDoesNotGiveWay() {
        try (Transaction older = owner("other");
                Transaction younger = owner("k")) {
            older.put(key("k"), value("older"));
            older.commit();
            younger.put(key("k"), value("younger"));
            assertThatThrownBy(younger::commit).isInstanceOf(TikvException.class);
        }
        assertThat(read("k")).isEqualTo("older");
    }

    @Test
    void aYoungerOptimisticTransactionWaitsForALock() throws Exception {
        try (Transaction older = owner("k")) {
            AsyncTransaction patient = transactions
                    .async()
                    .begin(OPTIMISTIC.withTimeout(PATIENCE))
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            AtomicInteger prewrites = prewrites(patient.startTimestamp());
            patient.put(key("k"), value("waited"));
            CompletableFuture<Timestamp> commit = patient.commit().toCompletableFuture();
            Awaitility.await().atMost(PATIENCE).until(() -> prewrites.get() >= 2 || commit.isDone());
            assertThat(commit).isNotDone();
            older.rollback();
            assertThat(commit.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        }
        assertThat(read("k")).isEqualTo("waited");
    }

    @Test
    void aTransactionThatWasToldToGivesWayToAnyLock() {
        try (Transaction older = owner("k")) {
            for (TransactionOptions options : List.of(OPTIMISTIC, ONE_PHASE, PESSIMISTIC)) {
                try (Transaction younger =
                        transactions.begin(options.withFailAtLocks(true).withTimeout(PATIENCE))) {
                    younger.put(key("k"), value("younger"));
                    assertThat(refused(younger).conflictStartTimestamp()).isEqualTo(older.startTimestamp());
                }
            }
            older.put(key("k"), value("older"));
            older.commit();
        }
        assertThat(read("k")).isEqualTo("older");
    }

    @Test
    void runBeginsAnewAfterGivingWay() {
        Transaction older = owner("k");
        int attempts = transactions.run(OPTIMISTIC.withFailAtLocks(true).withRetryFor(PATIENCE), txn -> {
            if (txn.attempt() == 3) {
                older.rollback();
            }
            txn.put(key("k"), value("at last"));
            return txn.attempt();
        });
        assertThat(attempts).isGreaterThanOrEqualTo(3);
        assertThat(read("k")).isEqualTo("at last");
    }

    @Test
    void aFlushOfAPipelinedTransactionGivesWayToAYoungerOne() {
        TransactionOptions pipelined = OPTIMISTIC.withTimeout(PATIENCE).withPipelining(Pipelining.DEFAULT);
        try (Transaction older = transactions.begin(pipelined);
                Transaction younger = owner("k")) {
            older.put(key("k"), value("older"));
            assertThatThrownBy(older::flush)
                    .isInstanceOfSatisfying(
                            WriteConflictException.class, conflict -> assertThat(conflict.conflictStartTimestamp())
                                    .isEqualTo(younger.startTimestamp()));
        }
    }
}
