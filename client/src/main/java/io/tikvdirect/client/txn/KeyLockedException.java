package io.tikvdirect.client.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import org.jspecify.annotations.Nullable;

/** Immutable. A key is locked by another transaction that is still alive, and the time to wait for it is over. Nothing is lost: what was asked for was not done, and may be asked for again. */
public final class KeyLockedException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#KEY_LOCKED}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public KeyLockedException(String what, FailureDetails details, @Nullable Throwable cause) {
        super(ErrorCode.KEY_LOCKED, what, details, cause);
    }
}
