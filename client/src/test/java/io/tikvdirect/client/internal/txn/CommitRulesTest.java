package io.tikvdirect.client.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.RequestTimeoutException;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.txn.DeadlockException;
import io.tikvdirect.client.txn.KeyExistsException;
import io.tikvdirect.client.txn.Timestamp;
import io.tikvdirect.client.txn.WriteConflictException;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.kv.KvCommitBodies;
import io.tikvdirect.proto.kvrpcpb.Op;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of commits that need no server. */
class CommitRulesTest {

    /** Sizes and times of client-go (TXN-08). */
    @ParameterizedTest
    @CsvSource({"0, 3000", "262144, 3000", "1048576, 6000", "4194304, 12000", "67108864, 20000"})
    void aLockLivesByTheSizeOfItsTransaction(long bytes, long ttlMs) {
        assertThat(TwoPhaseCommit.lockTtlMs(bytes, 0)).isEqualTo(ttlMs);
        assertThat(TwoPhaseCommit.lockTtlMs(bytes, 5)).isEqualTo(ttlMs + 5);
    }

    @Test
    void onlyWhatOthersCausedIsRunAgain() {
        Rerun rerun = new Rerun(System.nanoTime(), Duration.ofMinutes(1));
        assertThat(rerun.pauseNs(new WriteConflictException("", FailureDetails.NONE, 1, 2, 3, null)))
                .isPositive();
        assertThat(rerun.attempt()).isEqualTo(2);
        assertThat(rerun.pauseNs(new DeadlockException("", FailureDetails.NONE, null)))
                .isPositive();
        assertThat(rerun.attempt()).isEqualTo(3);
        assertThat(rerun.pauseNs(new KeyExistsException("", FailureDetails.NONE, null)))
                .isEqualTo(Rerun.STOP);
        assertThat(rerun.pauseNs(new RequestTimeoutException("", FailureDetails.NONE, null)))
                .isEqualTo(Rerun.STOP);
        assertThat(rerun.pauseNs(new UndeterminedException("", FailureDetails.NONE, null)))
                .isEqualTo(Rerun.STOP);
        assertThat(rerun.attempt()).isEqualTo(3);
        assertThat(new Rerun(System.nanoTime(), Duration.ZERO)
                        .pauseNs(new DeadlockException("", FailureDetails.NONE, null)))
                .isEqualTo(Rerun.STOP);
    }

    @Test
    void whatIsInTheBufferDecidesWhatIsSent() throws Exception {
        try (WriteBuffer buffer = new WriteBuffer(PooledByteBufAllocator.DEFAULT)) {
            buffer.put(new byte[] {1}, new byte[] {9}, 0, 0);
            buffer.put(new byte[] {2}, new byte[] {9}, WriteBuffer.PRESUME_NOT_EXISTS, 0);
            buffer.delete(new byte[] {3}, 0, 0);
            buffer.delete(new byte[] {4}, WriteBuffer.PRESUME_NOT_EXISTS, 0);
            buffer.flag(new byte[] {5}, WriteBuffer.LOCKED, 0);
            buffer.delete(new byte[] {6}, WriteBuffer.PRESUME_NOT_EXISTS | WriteBuffer.LOCKED, 0);

            assertThat(ops(Mutations.of(buffer, false)))
                    .containsExactly(Op.Put, Op.Insert, Op.Del, Op.CheckNotExists, Op.Lock, Op.CheckNotExists);
            assertThat(ops(Mutations.of(buffer, true)))
                    .containsExactly(Op.Put, Op.Insert, Op.Del, Op.CheckNotExists, Op.Lock, Op.Lock);
        }
    }

    private static List<Op> ops(Mutations mutations) throws Exception {
        KvCommitBodies bodies = new KvCommitBodies(KeySpace.v1Txn());
        ByteBuf out = Unpooled.buffer();
        int size = 0;
        for (int i = 0; i < mutations.size(); i++) {
            size += mutations.size(bodies, i);
            mutations.write(bodies, out, i);
        }
        assertThat(out.readableBytes()).isEqualTo(size);
        List<Op> ops = new ArrayList<>();
        PrewriteRequest.parseFrom(ByteBufUtil.getBytes(out))
                .getMutationsList()
                .forEach(mutation -> ops.add(mutation.getOp()));
        return ops;
    }

    @Test
    void aKeyThatIsOnlyCheckedIsNeverPrimary() {
        try (WriteBuffer buffer = new WriteBuffer(PooledByteBufAllocator.DEFAULT)) {
            buffer.delete(new byte[] {1}, WriteBuffer.PRESUME_NOT_EXISTS, 0);
            assertThat(Mutations.of(buffer, false).primary()).isEqualTo(-1);
            buffer.put(new byte[] {2}, new byte[] {9}, 0, 0);
            assertThat(Mutations.of(buffer, false).primary()).isEqualTo(1);
        }
    }

    @Test
    void timestampsAreUnsignedAndHaveParts() {
        Timestamp timestamp = Timestamp.of(1_700_000_000_123L, 77);
        assertThat(timestamp.physicalMs()).isEqualTo(1_700_000_000_123L);
        assertThat(timestamp.logical()).isEqualTo(77);
        assertThat(timestamp.isBefore(Timestamp.LATEST)).isTrue();
        assertThat(Timestamp.LATEST.toString()).isEqualTo("18446744073709551615");
        assertThatThrownBy(() -> Timestamp.of(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Timestamp.of(0, 1 << 18)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLockHasTimeLeftByTheOraclesClock() {
        long start = Timestamp.of(10_000, 5).version();
        assertThat(TxnEngine.leftMs(start, 3_000, Timestamp.of(12_000, 0).version()))
                .isEqualTo(1_000);
        assertThat(TxnEngine.leftMs(start, 3_000, Timestamp.of(13_000, 0).version()))
                .isZero();
        assertThat(TxnEngine.leftMs(start, 3_000, Timestamp.of(99_000, 0).version()))
                .isZero();
    }
}
