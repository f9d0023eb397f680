package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Pessimistic transactions as a user sees them. */
@Timeout(120)
class PessimisticTransactionsTest extends TransactionFixture {

    @Test
    void lockedKeysGiveTheirNewestValuesAndStayTheirOwners() throws Exception {
        write("a", "old");
        try (Transaction txn = transactions.begin(PESSIMISTIC)) {
            write("a", "newer");
            assertThat(txn.get(key("a"))).isEqualTo(value("old"));
            List<byte[]> values =
                    txn.lock(List.of(key("a"), key("b"), key("a")), LockOptions.DEFAULT.returningValues());
            assertThat(values).containsExactly(value("newer"), null, value("newer"));
            assertThat(txn.getForUpdate(key("a"))).isEqualTo(value("newer"));
            try (Transaction other = transactions.begin(PESSIMISTIC)) {
                assertThatThrownBy(() -> other.lock(List.of(key("b")), LockOptions.DEFAULT.noWait()))
                        .isInstanceOf(KeyLockedException.class);
            }
            txn.put(key("a"), value("mine"));
            txn.commit();
        }
        assertThat(read("a")).isEqualTo("mine");
        assertThat(read("b")).isNull();
        write("b", "free");
    }

    @Test
    void aLockIsWaitedForUntilItsOwnerEnds() throws Exception {
        try (Transaction first = transactions.begin(PESSIMISTIC);
                Transaction second = transactions.begin(PESSIMISTIC)) {
            first.lock(List.of(key("k")), LockOptions.DEFAULT);
            CompletableFuture<List<byte[]>> waiting = second.async()
                    .lock(List.of(key("k")), LockOptions.DEFAULT.returningValues())
                    .toCompletableFuture();
            first.put(key("k"), value("first"));
            first.commit();

            assertThat(waiting.get(60, TimeUnit.SECONDS)).containsExactly(value("first"));
            second.put(key("k"), value("second"));
            second.commit();
        }
        assertThat(read("k")).isEqualTo("second");
    }

    @Test
    void waitingForALockEndsInTime() {
        try (Transaction first = transactions.begin(PESSIMISTIC);
                Transaction second = transactions.begin(PESSIMISTIC)) {
            first.lock(List.of(key("k")), LockOptions.DEFAULT);
            assertThatThrownBy(() -> second.lock(
                            List.of(key("x"), key("k")), LockOptions.DEFAULT.withWait(Duration.ofMillis(200))))
                    .isInstanceOf(KeyLockedException.class);
        }
        transactions.run(PESSIMISTIC, txn -> {
            txn.lock(List.of(key("x"), key("k")), LockOptions.DEFAULT);
            return null;
        });
    }

    @Test
    void onlyExistingKeysAreLockedWhenAskedSo() {
        write("there", "1");
        try (Transaction first = transactions.begin(PESSIMISTIC);
                Transaction second = transactions.begin(PESSIMISTIC)) {
            assertThat(first.lock(List.of(key("there")), LockOptions.DEFAULT.onlyExisting()))
                    .containsExactly(value("1"));
            assertThat(first.lock(List.of(key("absent")), LockOptions.DEFAULT.onlyExisting()))
                    .containsExactly((byte[]) null);
            second.lock(List.of(key("absent")), LockOptions.DEFAULT.noWait());
            assertThatThrownBy(() -> second.lock(List.of(key("there")), LockOptions.DEFAULT.noWait()))
                    .isInstanceOf(KeyLockedException.class);
        }
    }

    @Test
    void aDeadlockHasOneVictim() throws Exception {
        try (Transaction first = transactions.begin(PESSIMISTIC);
                Transaction second = transactions.begin(PESSIMISTIC)) {
            first.lock(List.of(key("a")), LockOptions.DEFAULT);
            second.lock(List.of(key("b")), LockOptions.DEFAULT);
            CompletableFuture<List<byte[]>> one =
                    first.async().lock(List.of(key("b")), LockOptions.DEFAULT).toCompletableFuture();
            CompletableFuture<List<byte[]>> two =
                    second.async().lock(List.of(key("a")), LockOptions.DEFAULT).toCompletableFuture();
            CompletableFuture<Boolean> victim = CompletableFuture.anyOf(
                            one.handle((done, failure) -> failure), two.handle((done, failure) -> failure))
                    .thenApply(failure -> failure instanceof DeadlockException);
            assertThat(victim.get(60, TimeUnit.SECONDS)).isTrue();
            (one.isCompletedExceptionally() ? first : second).rollback();
            (one.isCompletedExceptionally() ? two : one).get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void whoWaitsForWhomIsShown() throws Exception {
        byte[] tag = {4, 2};
        try (Transaction owner = transactions.begin(PESSIMISTIC);
                Transaction waiter =
                        transactions.begin(PESSIMISTIC.withTags(RequestTags.NONE.withResourceGroupTag(tag)))) {
            owner.lock(List.of(key("k")), LockOptions.DEFAULT);
            CompletableFuture<List<byte[]>> waiting =
                    waiter.async().lock(List.of(key("k")), LockOptions.DEFAULT).toCompletableFuture();
            // a store lets a request go after a second, and the client sends it again
            LockWaiting[] seen = new LockWaiting[1];
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                transactions.maintenance().lockWaits().stream()
                        .filter(one -> one.waiter().equals(waiter.startTimestamp()))
                        .forEach(one -> seen[0] = one);
                return seen[0] != null;
            });
            assertThat(seen[0].owner()).isEqualTo(owner.startTimestamp());
            assertThat(seen[0].key()).isEqualTo(key("k"));
            assertThat(seen[0].resourceGroupTag()).isEqualTo(tag);
            assertThat(seen[0].waited()).isGreaterThanOrEqualTo(Duration.ZERO);
            owner.rollback();
            waiting.get(60, TimeUnit.SECONDS);
            assertThat(transactions.maintenance().lockWaits())
                    .noneMatch(one -> one.waiter().equals(waiter.startTimestamp()));
        }
    }
}
