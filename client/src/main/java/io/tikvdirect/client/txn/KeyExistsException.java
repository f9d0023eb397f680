package io.tikvdirect.client.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import org.jspecify.annotations.Nullable;

/** Immutable. A key to insert exists already; {@link FailureDetails#key()} of the details names it. Nothing of the transaction was written. */
public final class KeyExistsException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#KEY_EXISTS}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public KeyExistsException(String what, FailureDetails details, @Nullable Throwable cause) {
        super(ErrorCode.KEY_EXISTS, what, details, cause);
    }
}
