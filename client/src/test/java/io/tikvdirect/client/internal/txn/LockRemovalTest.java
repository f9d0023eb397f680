package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.txn.LockOptions;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.TransactionOptions;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.proto.kvrpcpb.CheckTxnStatusRequest;
import io.tikvdirect.proto.kvrpcpb.PessimisticRollbackRequest;
import io.tikvdirect.proto.kvrpcpb.ResolveLockRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How locks of transactions that are over are removed: by how many requests, and of which kind. */
@Timeout(120)
class LockRemovalTest extends EngineFixture {

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    private String prefix;

    @BeforeAll
    static void start() throws Exception {
        open(EmbeddedCluster.builder().stores(2).start());
    }

    @BeforeEach
    void choosePrefix() {
        prefix = "removal/" + PREFIXES.incrementAndGet() + "/";
    }

    @AfterEach
    void mend() {
        cluster.faults().clear();
        awaitIdle();
    }

    private byte[] key(int number) {
        return (prefix + String.format("%05d", number)).getBytes(StandardCharsets.UTF_8);
    }

    private List<byte[]> keys(int count) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(key(i));
        }
        return keys;
    }

    /** Requests of a kind about one transaction, as they come; nothing happens to them. */
    private static <R extends Message> Queue<R> watch(String rpc, Class<R> type, ToLongFunction<R> of, long startTs) {
        Queue<R> seen = new ConcurrentLinkedQueue<>();
        cluster.faults()
                .on(rpc)
                .where(site -> {
                    R request = type.cast(site.request());
                    if (of.applyAsLong(request) == startTs) {
                        seen.add(request);
                    }
                    return false;
                })
                .fail(Status.INTERNAL);
        return seen;
    }

    private Queue<ResolveLockRequest> removals(long startTs) {
        return watch("KvResolveLock", ResolveLockRequest.class, ResolveLockRequest::getStartVersion, startTs);
    }

    private Queue<PessimisticRollbackRequest> releases(long startTs) {
        return watch(
                "KVPessimisticRollback",
                PessimisticRollbackRequest.class,
                PessimisticRollbackRequest::getStartVersion,
                startTs);
    }

    private List<byte[]> readAll(List<byte[]> keys) {
        List<byte[]> found = now().batchGet(keys);
        awaitIdle();
        return found;
    }

    @Test
    void aSmallTransactionIsCleanedByItsKeysAndALargeOneByRegions() {
        for (int size : new int[] {LockRemoval.WHOLE_REGION_KEYS - 1, LockRemoval.WHOLE_REGION_KEYS}) {
            prefix += size + "/";
            List<byte[]> keys = keys(size);
            long startTs = timestamp();
            prewrite(keys, key(0), startTs, HOUR_MS);
            CommitCall committed = commitPrimary(key(0), startTs, timestamp());
            assertThat(committed.failure()).isNull();
            Queue<CheckTxnStatusRequest> asked =
                    watch("KvCheckTxnStatus", CheckTxnStatusRequest.class, CheckTxnStatusRequest::getLockTs, startTs);
            Queue<ResolveLockRequest> removals = removals(startTs);

            assertThat(readAll(keys)).doesNotContainNull();
            assertThat(asked)
                    .as("the fate of the transaction is asked for once")
                    .hasSize(1);
            assertThat(readAll(keys)).doesNotContainNull();
            boolean isLarge = size >= LockRemoval.WHOLE_REGION_KEYS;
            assertThat(removals).isNotEmpty().allMatch(request -> (request.getKeysCount() == 0) == isLarge);
            assertThat(asked).hasSize(1);
            int removed = removals.size();
            assertThat(readAll(keys)).doesNotContainNull();
            assertThat(removals).as("nothing is left to remove").hasSize(removed);
            cluster.faults().clear();
        }
    }

    @Test
    void pessimisticLocksOfADeadTransactionGoAtOnce() {
        List<byte[]> keys = keys(20);
        long startTs = past();
        lock(keys, key(0), startTs, 1);
        Queue<PessimisticRollbackRequest> releases = releases(startTs);
        write(keys);
        assertThat(releases).as("requests for the region").anyMatch(request -> request.getKeysCount() == 0);
        assertThat(readAll(keys)).containsOnly(new byte[] {1});
    }

    @Test
    void aStoreThatDoesNotKnowRegionsIsAskedByKeys() {
        List<byte[]> keys = keys(2);
        long startTs = past();
        lock(keys, key(0), startTs, 1);
        for (byte[] key : keys) {
            Region region = engine.regions().locate(key);
            assertThat(region).isNotNull();
            engine.resolver().cleanedRegions().add(startTs, region);
        }
        Queue<PessimisticRollbackRequest> releases = releases(startTs);
        write(keys);
        assertThat(releases).isNotEmpty().allMatch(request -> request.getKeysCount() > 0);
        assertThat(readAll(keys)).containsOnly(new byte[] {1});
    }

    private void write(List<byte[]> keys) {
        try (Transaction txn = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            txn.lock(keys, LockOptions.DEFAULT.noWait());
            keys.forEach(key -> txn.put(key, new byte[] {1}));
            txn.commit();
        }
    }

    @Test
    void locksTakenLaterThanThoseThatWereMetStay() {
        long startTs = past();
        lock(List.of(key(1), key(2)), key(0), startTs, 1);
        long laterTs = timestamp();
        lock(List.of(key(5)), key(5), startTs, laterTs, HOUR_MS);

        write(List.of(key(1), key(2)));
        try (Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            TikvException locked = catchThrowableOfType(
                    TikvException.class, () -> other.lock(List.of(key(5)), LockOptions.DEFAULT.noWait()));
            assertThat(locked).isNotNull();
        }
    }

    /** The transaction was abandoned while it moved its primary from one key to another. */
    @Test
    void aPessimisticLockWhosePrimaryHasMovedIsRemovedAlone() {
        long startTs = timestamp();
        lock(List.of(key(1)), key(2), startTs, HOUR_MS);
        lock(List.of(key(3), key(4)), key(1), startTs, HOUR_MS);
        Queue<PessimisticRollbackRequest> releases = releases(startTs);
        write(List.of(key(3), key(4)));
        assertThat(releases).isNotEmpty().allMatch(request -> request.getKeysCount() > 0);
        assertThat(readAll(List.of(key(3), key(4)))).containsOnly(new byte[] {1});
        try (Transaction other = transactions.begin(TransactionOptions.PESSIMISTIC)) {
            assertThat(catchThrowableOfType(
                            TikvException.class, () -> other.lock(List.of(key(1)), LockOptions.DEFAULT.noWait())))
                    .isNotNull();
        }
    }

    /** No client does this; whoever meets it is told, and nothing else ends. */
    @Test
    void aLockWithAValueWhosePrimaryIsNoneIsAnError() {
        long startTs = timestamp();
        prewrite(List.of(key(1)), key(2), startTs, HOUR_MS);
        prewrite(List.of(key(3)), key(1), startTs, HOUR_MS);
        TransactionAbortedException failure =
                catchThrowableOfType(TransactionAbortedException.class, () -> now().get(key(3)));
        assertThat(failure).hasMessageContaining("primary");
        try (Transaction txn = transactions.begin()) {
            txn.put(key(9), new byte[] {1});
            assertThat(txn.commit()).isGreaterThan(new Timestamp(startTs));
        }
    }
}
