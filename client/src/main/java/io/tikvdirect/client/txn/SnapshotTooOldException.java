package io.tikvdirect.client.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import org.jspecify.annotations.Nullable;

/** Immutable. The timestamp to read at lies before the safe point: garbage collection may have removed what was visible then. */
public final class SnapshotTooOldException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#SNAPSHOT_TOO_OLD}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public SnapshotTooOldException(String what, FailureDetails details, @Nullable Throwable cause) {
        super(ErrorCode.SNAPSHOT_TOO_OLD, what, details, cause);
    }
}
