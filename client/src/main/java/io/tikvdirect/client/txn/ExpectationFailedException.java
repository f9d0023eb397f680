package io.tikvdirect.client.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import org.jspecify.annotations.Nullable;

/** Immutable. A key was not as {@link Transaction#expectPresent} or {@link Transaction#expectAbsent} said; {@link FailureDetails#key()} names it. Nothing of the transaction was written. */
public final class ExpectationFailedException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#EXPECTATION_FAILED}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public ExpectationFailedException(String what, FailureDetails details, @Nullable Throwable cause) {
        super(ErrorCode.EXPECTATION_FAILED, what, details, cause);
    }
}
