package io.tikvdirect.client.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.embedded.FaultRule;
import io.tikvdirect.proto.kvrpcpb.CommitRequest;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.DiskFullOpt;
import io.tikvdirect.proto.kvrpcpb.GetRequest;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PessimisticLockRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What transactions tell stores, what they are told about their requests, and what they are held to. */
@Timeout(120)
class TransactionTermsTest extends TransactionFixture {

    /** Requests of the kinds given about keys of this test, as they come; nothing happens to them. */
    private List<Message> watch(String... rpcs) {
        List<Message> seen = new CopyOnWriteArrayList<>();
        for (String rpc : rpcs) {
            cluster.faults()
                    .on(rpc)
                    .where(site -> {
                        if (site.request().toString().contains(prefix)) {
                            seen.add(site.request());
                        }
                        return false;
                    })
                    .fail(Status.INTERNAL);
        }
        return seen;
    }

    private static Context context(Message request) {
        return (Context) request.getField(request.getDescriptorForType().findFieldByName("context"));
    }

    @Test
    void tagsAreInTheContextOfEveryRequest() {
        RequestTags tags = RequestTags.NONE
                .withResourceGroup("batch")
                .withResourceGroupTag(new byte[] {1, 2})
                .withSource(77)
                .withDiskFull(DiskFullPolicy.ALLOW_ALMOST_FULL)
                .withSyncLog(true);
        assertThat(tags).isEqualTo(tags.withSource(77)).hasSameHashCodeAs(tags.withSource(77));
        assertThat(tags).isNotEqualTo(tags.withResourceGroupTag(new byte[] {1}));
        List<Message> seen = watch("KvGet", "KvPessimisticLock", "KvPrewrite", "KvCommit");
        try (Transaction txn = transactions.begin(PESSIMISTIC.withTags(tags))) {
            txn.get(key("a"));
            txn.lock(List.of(key("a")), LockOptions.DEFAULT);
            txn.put(key("a"), value("1"));
            txn.commit();
        }
        List<Message> own = seen.stream()
                .filter(request -> context(request)
                        .getResourceControlContext()
                        .getResourceGroupName()
                        .equals("batch"))
                .toList();
        assertThat(own)
                .hasAtLeastOneElementOfType(GetRequest.class)
                .hasAtLeastOneElementOfType(PessimisticLockRequest.class)
                .hasAtLeastOneElementOfType(PrewriteRequest.class)
                .hasAtLeastOneElementOfType(CommitRequest.class)
                .allSatisfy(request -> assertThat(context(request).getResourceGroupTag())
                        .isEqualTo(ByteString.copyFrom(new byte[] {1, 2})));
        assertThat(own).filteredOn(request -> !(request instanceof GetRequest)).allSatisfy(request -> {
            assertThat(context(request).getTxnSource()).isEqualTo(77);
            assertThat(context(request).getDiskFullOpt()).isEqualTo(DiskFullOpt.AllowedOnAlmostFull);
            assertThat(context(request).getSyncLog()).isTrue();
        });
        assertThatThrownBy(() -> tags.withResourceGroupTag(new byte[2_000]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyRequestIsHeardOf() {
        List<RequestReport> heard = new CopyOnWriteArrayList<>();
        FaultRule broken = cluster.faults()
                .on("KvPrewrite")
                .where(site -> site.request().toString().contains(prefix))
                .times(1)
                .fail(Status.UNAVAILABLE);
        try (Transaction txn = transactions.begin(PESSIMISTIC.withRequestListener(heard::add))) {
            txn.get(key("a"));
            txn.lock(List.of(key("a")), LockOptions.DEFAULT);
            txn.put(key("a"), value("1"));
            txn.put(key("b"), value("1"));
            txn.commit();
        }
        assertThat(broken.fired()).isOne();
        assertThat(heard)
                .extracting(RequestReport::method)
                .contains("KvGet", "KvPessimisticLock", "KvPrewrite", "KvCommit");
        assertThat(heard)
                .filteredOn(report -> report.method().equals("KvPrewrite"))
                .first()
                .satisfies(report -> {
                    assertThat(report.failure()).contains("UNAVAILABLE");
                    assertThat(report.attempt()).isOne();
                });
        assertThat(heard)
                .filteredOn(report -> report.method().equals("KvCommit"))
                .first()
                .satisfies(report -> {
                    assertThat(report.failure()).isNull();
                    assertThat(report.store()).isPositive();
                    assertThat(report.region()).isPositive();
                    assertThat(report.elapsed()).isPositive();
                });
    }

    @Test
    void aRequestListenerThatThrowsChangesNothing() {
        RequestListener broken = report -> {
            throw new IllegalArgumentException("broken");
        };
        transactions.run(OPTIMISTIC.withRequestListener(broken), txn -> {
            txn.put(key("k"), value("1"));
            return null;
        });
        assertThat(read("k")).isEqualTo("1");
    }

    @Test
    void whatIsTooLargeIsRefusedAndTheTransactionGoesOn() {
        int keyBytes = key("k").length;
        SizeLimits limits = new SizeLimits(keyBytes + 10, 3L * (keyBytes + 10));
        try (Transaction txn = transactions.begin(OPTIMISTIC.withLimits(limits))) {
            EntryTooLargeException entry =
                    catchThrowableOfType(EntryTooLargeException.class, () -> txn.put(key("k"), new byte[11]));
            assertThat(entry.code()).isEqualTo(ErrorCode.ENTRY_TOO_LARGE);
            assertThat(entry.bytes()).isEqualTo(keyBytes + 11);
            assertThat(entry.limit()).isEqualTo(keyBytes + 10);
            for (String name : List.of("a", "b", "c")) {
                txn.insert(key(name), new byte[10]);
            }
            TransactionTooLargeException whole =
                    catchThrowableOfType(TransactionTooLargeException.class, () -> txn.delete(key("d")));
            assertThat(whole.code()).isEqualTo(ErrorCode.TRANSACTION_TOO_LARGE);
            assertThat(whole.bytes()).isEqualTo(limits.totalBytes() + keyBytes);
            assertThat(whole.limit()).isEqualTo(limits.totalBytes());
            txn.put(key("a"), new byte[1]);
            assertThat(txn.bytes()).isEqualTo(limits.totalBytes() - 9);
            txn.commit();
        }
        assertThat(transactions.snapshot(transactions.timestamp()).batchGet(List.of(key("a"), key("k"), key("d"))))
                .containsExactly(new byte[1], null, null);
        assertThatThrownBy(() -> new SizeLimits(0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFilterLeavesValuesOut() {
        WriteFilter filter = (key, value) -> value.length > 1;
        write("locked", "old");
        List<Message> seen = watch("KvPrewrite");
        try (Transaction txn = transactions.begin(PESSIMISTIC.withWriteFilter(filter))) {
            txn.lock(List.of(key("locked")), LockOptions.DEFAULT);
            txn.put(key("locked"), new byte[1]);
            txn.put(key("short"), new byte[1]);
            txn.put(key("long"), new byte[2]);
            txn.delete(key("gone"));
            txn.commit();
        }
        assertThat(seen.stream()
                        .flatMap(request -> ((PrewriteRequest) request).getMutationsList().stream())
                        .map(mutation -> mutation.getOp())
                        .distinct())
                .containsExactlyInAnyOrder(Op.Lock, Op.Put, Op.Del);
        assertThat(read("locked")).isEqualTo("old");
        assertThat(read("short")).isNull();
        assertThat(read("long")).hasSize(2);
        write("locked", "free");
    }

    @Test
    void aKeyThatMustBeAbsentIsCheckedAndNotCommitted() {
        write("there", "1");
        List<Message> seen = watch("KvCommit");
        try (Transaction txn = transactions.begin()) {
            txn.requireAbsent(key("there"));
            txn.put(key("other"), value("1"));
            assertThatThrownBy(txn::commit).isInstanceOf(KeyExistsException.class);
        }
        try (Transaction txn = transactions.begin()) {
            txn.requireAbsent(key("absent"));
            txn.put(key("other"), value("2"));
            assertThatThrownBy(() -> txn.requireAbsent(key("other"))).isInstanceOf(InvalidArgumentException.class);
            assertThat(txn.get(key("absent"))).isNull();
            txn.commit();
        }
        assertThat(transactions.awaitBackground(Duration.ofSeconds(60))).isTrue();
        assertThat(seen).isNotEmpty().noneMatch(request -> ((CommitRequest) request)
                .getKeysList().stream().anyMatch(key -> key.toStringUtf8().contains("absent")));
        assertThat(read("other")).isEqualTo("2");
        assertThat(read("absent")).isNull();
    }

    @Test
    void whatALockHasToldIsHeldAgainstExpectations() {
        write("there", "1");
        TransactionOptions fast = PESSIMISTIC.withAssertions(AssertionLevel.FAST);
        List<Message> seen = watch("KvPrewrite");
        LockOptions values = LockOptions.DEFAULT.returningValues();
        for (boolean present : new boolean[] {true, false}) {
            byte[] key = key(present ? "missing" : "there");
            try (Transaction txn = transactions.begin(fast)) {
                txn.lock(List.of(key), values);
                if (present) {
                    txn.expectPresent(key);
                } else {
                    txn.expectAbsent(key);
                }
                txn.put(key, value("2"));
                ExpectationFailedException failure =
                        catchThrowableOfType(ExpectationFailedException.class, txn::commit);
                assertThat(failure.details().key()).isNotNull();
            }
        }
        assertThat(seen).isEmpty();
        try (Transaction txn = transactions.begin(fast)) {
            txn.lock(List.of(key("there"), key("missing")), values);
            txn.expectPresent(key("there"));
            txn.expectAbsent(key("missing"));
            txn.put(key("there"), value("3"));
            txn.put(key("missing"), value("3"));
            txn.commit();
        }
        assertThat(read("there")).isEqualTo("3");
        assertThat(read("missing")).isEqualTo("3");
    }

    @Test
    void aReportCountsWhatWasDone() throws Exception {
        TxnClusters.split(cluster, key("m"));
        List<CommitReport> reports = new CopyOnWriteArrayList<>();
        write("a", "warm");
        write("z", "warm");
        List<Message> seen = watch("KvPrewrite", "KvCommit");
        cluster.faults()
                .on("KvPrewrite")
                .where(site -> site.request().toString().contains(prefix))
                .times(1)
                .serverBusy(Duration.ofMillis(1));
        try (Transaction txn = transactions.begin(OPTIMISTIC.withCommitListener(reports::add))) {
            txn.put(key("a"), value("1"));
            txn.put(key("z"), value("1"));
            txn.commit();
            assertThat(transactions.awaitBackground(Duration.ofSeconds(60))).isTrue();
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> reports.size() == 1);
        CommitReport report = reports.get(0);
        long secondaries = seen.stream()
                .filter(request -> request instanceof CommitRequest commit
                        && commit.getKeysList().stream()
                                .anyMatch(key -> key.toStringUtf8().contains(prefix + "z")))
                .count();
        assertThat(report.effort().regions()).isEqualTo(2);
        assertThat(report.effort().requests()).isEqualTo((int) (seen.size() - secondaries));
        assertThat(report.effort().backOffs()).isPositive();
        assertThat(report.effort().backOffTime()).isPositive();
        assertThat(report.phases().prewrite()).isPositive();
        assertThat(report.phases().timestamp()).isPositive();
        assertThat(report.phases().primary()).isPositive();
        assertThat(report.phases()
                        .prewrite()
                        .plus(report.phases().timestamp())
                        .plus(report.phases().primary()))
                .isLessThanOrEqualTo(report.elapsed());
        assertThat(report.keys()).isEqualTo(2);
        assertThat(report.bytes()).isEqualTo(2L * key("a").length + 2);
    }
}
