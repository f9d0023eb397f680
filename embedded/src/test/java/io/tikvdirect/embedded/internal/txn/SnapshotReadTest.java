package io.tikvdirect.embedded.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.IsolationLevel;
import io.tikvdirect.proto.kvrpcpb.KvPair;
import io.tikvdirect.proto.kvrpcpb.Op;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rows of the table of {@link SnapshotRead}: an old value at 20, a lock of 30 above it. */
class SnapshotReadTest {
    private static final Context RC =
            Context.newBuilder().setIsolationLevel(IsolationLevel.RC).build();
    private static final Context RC_CHECK_TS =
            Context.newBuilder().setIsolationLevel(IsolationLevel.RCCheckTS).build();

    private final TxnKit kit = new TxnKit();

    @BeforeEach
    void write() {
        kit.write("a", "old", 10, 20);
    }

    @AfterEach
    void close() {
        kit.close();
    }

    @Test
    void aLockBlocksReadsFromItsStartOn() {
        kit.prewrite(30, TxnKit.put("a", "new"));

        assertThat(kit.read("a", 29)).isEqualTo("old");
        assertThat(kit.read("a", 30)).isEqualTo("locked");
        assertThat(kit.read("a", 31)).isEqualTo("locked");
    }

    @Test
    void aLockThatCommitsLaterDoesNotBlock() {
        kit.prewrite(TxnKit.prewriting(30, TxnKit.put("a", "new")).setMinCommitTs(50));

        assertThat(kit.read("a", 49)).isEqualTo("old");
        assertThat(kit.read("a", 50)).isEqualTo("locked");
    }

    @Test
    void theNewestReadPassesAPrimarysOwnLockUnlessItIsAsync() {
        kit.prewrite(30, TxnKit.put("a", "new"), TxnKit.put("b", "new"));
        kit.prewrite(TxnKit.prewriting(31, TxnKit.put("c", "new")).setUseAsyncCommit(true));

        assertThat(kit.read("a", Ts.MAX)).isEqualTo("old");
        assertThat(kit.read("b", Ts.MAX)).isEqualTo("locked");
        assertThat(kit.read("c", Ts.MAX)).isEqualTo("locked");
    }

    @Test
    void locksThatChangeNothingDoNotBlock() {
        kit.prewrite(30, TxnKit.mutation(Op.Lock, "a"));
        kit.lock(TxnKit.locking(31, 31, "b"));

        assertThat(kit.read("a", 40)).isEqualTo("old");
        assertThat(kit.read("b", 40)).isEqualTo("-");
    }

    @Test
    void readCommittedPassesLocksAndItsCheckingKindPassesNone() {
        kit.prewrite(30, TxnKit.put("a", "new"));

        assertThat(kit.read("a", 40, RC)).isEqualTo("old");
        assertThat(kit.read("a", 25, RC_CHECK_TS)).isEqualTo("conflict");
        kit.commit(30, 35, "a");
        assertThat(kit.read("a", 34, RC_CHECK_TS)).isEqualTo("conflict");
        assertThat(kit.read("a", 35, RC_CHECK_TS)).isEqualTo("new");
    }

    @Test
    void resolvedLocksArePassedAndCommittedOnesRead() {
        kit.prewrite(30, TxnKit.put("a", "new"));

        assertThat(kit.read("a", 40, Context.newBuilder().addResolvedLocks(30).build()))
                .isEqualTo("old");
        assertThat(kit.read("a", 40, Context.newBuilder().addCommittedLocks(30).build()))
                .isEqualTo("new");
        assertThat(kit.read("a", 40, Context.newBuilder().addCommittedLocks(29).build()))
                .isEqualTo("locked");
    }

    @Test
    void aScanGoesOnBehindALockedKey() throws TxnException {
        kit.prewrite(30, TxnKit.put("b", "new"));
        kit.write("c", "3", 31, 32);

        List<KvPair> pairs = kit.scan(40);

        assertThat(pairs).hasSize(3);
        assertThat(pairs.get(0).getValue()).isEqualTo(TxnKit.bytes("old"));
        assertThat(pairs.get(1))
                .matches(pair -> pair.hasError() && pair.getKey().isEmpty());
        assertThat(pairs.get(2).getKey()).isEqualTo(TxnKit.bytes("c"));
    }

    @Test
    void everyReadIsRememberedButTheNewest() {
        kit.read("a", 77);
        kit.read("a", Ts.MAX);

        assertThat(kit.engine.maxTs().get()).isEqualTo(77);
    }
}
