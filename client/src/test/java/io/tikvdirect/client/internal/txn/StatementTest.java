package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.LockStatement;
import io.tikvdirect.client.txn.Savepoint;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Locks of a statement are kept over its attempts, and given up when they are not needed. */
@Timeout(120)
class StatementTest extends EngineFixture {

    private static final LockOptions IN_TURN = LockOptions.DEFAULT.inTurn().returningValues();
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private String prefix;
    private Transaction txn;

    @BeforeAll
    static void start() throws Exception {
        open(EmbeddedCluster.builder().stores(2).start());
    }

    @BeforeEach
    void begin() {
        prefix = "statement/" + PREFIXES.incrementAndGet() + "/";
        txn = transactions.begin(TransactionOptions.PESSIMISTIC);
        engine = ((TransactionFace) txn).core().engine();
    }

    @AfterEach
    void end() {
        cluster.faults().clear();
        txn.close();
    }

    private byte[] key(String name) {
        return (prefix + name).getBytes(StandardCharsets.UTF_8);
    }

    private List<byte[]> keys(String... names) {
        return List.of(names).stream().map(this::key).toList();
    }

    private boolean isLocked(String name) {
        awaitIdle();
        try (Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            other.lock(keys(name), LockOptions.DEFAULT.noWait());
            return false;
        } catch (TikvException locked) {
            return true;
        }
    }

    private static AtomicInteger lockRequests() {
        AtomicInteger count = new AtomicInteger();
        cluster.faults()
                .on("KvPessimisticLock")
                .where(site -> {
                    count.incrementAndGet();
                    return false;
                })
                .fail(Status.INTERNAL);
        return count;
    }

    @Test
    void anotherAttemptKeepsItsLocksWithoutAsking() {
        transactions.run(TransactionOptions.DEFAULT, other -> {
            other.put(key("a"), new byte[] {5});
            return null;
        });
        try (LockStatement statement = txn.statement()) {
            assertThat(txn.lock(keys("a"), IN_TURN)).containsExactly(new byte[] {5});
            AtomicInteger requests = lockRequests();
            statement.retry();
            assertThat(txn.lock(keys("a"), IN_TURN)).containsExactly(new byte[] {5});
            assertThat(requests.get()).isZero();
            statement.done();
        }
        assertThat(isLocked("a")).isTrue();
        txn.put(key("a"), new byte[] {6});
        txn.commit();
        assertThat(isLocked("a")).isFalse();
        assertThat(transactions.snapshot(transactions.timestamp()).get(key("a")))
                .containsExactly(6);
    }

    @Test
    void whatTheLastAttemptDoesNotNeedIsGivenUp() {
        txn.lock(keys("before"), LockOptions.DEFAULT);
        try (LockStatement statement = txn.statement()) {
            txn.lock(keys("a", "b"), LockOptions.DEFAULT);
            statement.retry();
            txn.lock(keys("b", "c"), LockOptions.DEFAULT);
            statement.done();
        }
        assertThat(isLocked("a")).isFalse();
        assertThat(isLocked("b")).isTrue();
        assertThat(isLocked("c")).isTrue();
        assertThat(isLocked("before")).isTrue();
    }

    @Test
    void aStatementThatIsGivenUpHasNoLocksAndTheTransactionGoesOn() {
        Savepoint start = txn.savepoint();
        try (LockStatement statement = txn.statement()) {
            txn.lock(keys("a", "b"), LockOptions.DEFAULT);
            statement.retry();
            txn.lock(keys("a"), LockOptions.DEFAULT);
            txn.put(key("a"), new byte[] {1});
        }
        txn.rollbackTo(start);
        assertThat(isLocked("a")).isFalse();
        assertThat(isLocked("b")).isFalse();

        txn.lock(keys("c"), LockOptions.DEFAULT);
        txn.put(key("c"), new byte[] {3});
        txn.commit();
        assertThat(transactions.snapshot(transactions.timestamp()).batchGet(keys("a", "c")))
                .containsExactly(null, new byte[] {3});
    }

    @Test
    void thePrimaryStaysWhileOtherLocksNeedIt() {
        try (LockStatement statement = txn.statement()) {
            txn.lock(keys("a"), LockOptions.DEFAULT);
            statement.retry();
            txn.lock(keys("b"), LockOptions.DEFAULT);
            statement.done();
        }
        assertThat(isLocked("a")).isTrue();
        assertThat(isLocked("b")).isTrue();
        txn.put(key("b"), new byte[] {2});
        txn.commit();
        assertThat(transactions.snapshot(transactions.timestamp()).batchGet(keys("a", "b")))
                .containsExactly(null, new byte[] {2});
    }

    @Test
    void statementsComeOneByOneAndOnlyWithLocks() {
        try (LockStatement statement = txn.statement()) {
            assertThatThrownBy(txn::statement).isInstanceOf(IllegalStateException.class);
            statement.done();
            assertThatThrownBy(statement::retry).isInstanceOf(IllegalStateException.class);
        }
        try (LockStatement next = txn.statement();
                Transaction optimistic = transactions.begin()) {
            assertThatThrownBy(optimistic::statement).isInstanceOf(IllegalStateException.class);
            txn.rollback();
        }
    }
}
