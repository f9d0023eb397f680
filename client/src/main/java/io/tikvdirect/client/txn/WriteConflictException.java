package io.tikvdirect.client.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. Another transaction committed a key after this one began. Nothing of this transaction was written; begin anew
 * and decide from what is there now ({@link TransactionClient#run} does).
 */
public final class WriteConflictException extends TikvException {
    private static final long serialVersionUID = 1L;

    private final long startTs;
    private final long conflictStartTs;
    private final long conflictCommitTs;

    /**
     * A failure with code {@link ErrorCode#WRITE_CONFLICT}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param startTs start timestamp of the transaction that lost
     * @param conflictStartTs start timestamp of the one that won
     * @param conflictCommitTs its commit timestamp, 0 when the store did not say
     * @param cause what was caught, or null
     */
    public WriteConflictException(
            String what,
            FailureDetails details,
            long startTs,
            long conflictStartTs,
            long conflictCommitTs,
            @Nullable Throwable cause) {
        super(ErrorCode.WRITE_CONFLICT, what, details, cause);
        this.startTs = startTs;
        this.conflictStartTs = conflictStartTs;
        this.conflictCommitTs = conflictCommitTs;
    }

    /**
     * The transaction that lost.
     *
     * @return its start timestamp
     */
    public Timestamp startTimestamp() {
        return new Timestamp(startTs);
    }

    /**
     * The transaction that won.
     *
     * @return its start timestamp
     */
    public Timestamp conflictStartTimestamp() {
        return new Timestamp(conflictStartTs);
    }

    /**
     * When the transaction that won was committed.
     *
     * @return its commit timestamp; 0 when the store did not say
     */
    public Timestamp conflictCommitTimestamp() {
        return new Timestamp(conflictCommitTs);
    }
}
