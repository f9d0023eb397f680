package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.proto.kvrpcpb.AssertionLevel;
import io.tikvdirect.proto.kvrpcpb.FlushRequest;
import io.tikvdirect.proto.kvrpcpb.PrewriteRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. What a prewrite says about its whole transaction.
 *
 * @param forUpdateTs 0 = optimistic
 * @param secondaries the other keys when the transaction is to be committed asynchronously, else null
 * @param maxCommitTs limit for timestamps that the store chooses, 0 = none
 * @param generation number of a flush, 0 = an ordinary prewrite
 */
record PrewriteOptions(
        long startTs,
        ByteString primary,
        long ttlMs,
        long txnSize,
        long forUpdateTs,
        long minCommitTs,
        long maxCommitTs,
        @Nullable List<ByteString> secondaries,
        boolean onePhase,
        boolean skipConstraintCheck,
        boolean isRetry,
        AssertionLevel assertionLevel,
        long generation) {
    /** What a flushed lock says of the size of its transaction: nothing may be concluded from it. */
    private static final long UNKNOWN_SIZE = -1L;

    static PrewriteOptions of(PrewriteRequest request, boolean knownCommitted) {
        return new PrewriteOptions(
                request.getStartVersion(),
                request.getPrimaryLock(),
                request.getLockTtl(),
                request.getTxnSize(),
                request.getForUpdateTs(),
                request.getMinCommitTs(),
                request.getMaxCommitTs(),
                request.getUseAsyncCommit() ? request.getSecondariesList() : null,
                request.getTryOnePc(),
                request.getSkipConstraintCheck(),
                request.getContext().getIsRetryRequest() || (request.getForUpdateTs() != 0 && knownCommitted),
                request.getAssertionLevel(),
                0);
    }

    static PrewriteOptions of(FlushRequest request) {
        return new PrewriteOptions(
                request.getStartTs(),
                request.getPrimaryKey(),
                request.getLockTtl(),
                UNKNOWN_SIZE,
                0,
                request.getStartTs() + 1,
                0,
                null,
                false,
                false,
                request.getContext().getIsRetryRequest(),
                request.getAssertionLevel(),
                request.getGeneration());
    }

    boolean isPessimistic() {
        return forUpdateTs != 0;
    }

    /** Whether the store chooses a commit timestamp. */
    boolean choosesCommitTs() {
        return secondaries != null || onePhase;
    }

    /** The same transaction in the ordinary two phases. */
    PrewriteOptions inTwoPhases() {
        return new PrewriteOptions(
                startTs,
                primary,
                ttlMs,
                txnSize,
                forUpdateTs,
                minCommitTs,
                maxCommitTs,
                null,
                false,
                skipConstraintCheck,
                isRetry,
                assertionLevel,
                generation);
    }

    /** Whether {@code ts} is above the limit. */
    boolean isTooLarge(long ts) {
        return maxCommitTs != 0 && Ts.isBefore(maxCommitTs, ts);
    }
}
