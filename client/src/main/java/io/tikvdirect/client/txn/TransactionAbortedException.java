package io.tikvdirect.client.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import org.jspecify.annotations.Nullable;

/** Immutable. The transaction cannot commit any more: another client has rolled it back because its locks had expired, it lived too long, or its key's expectations do not hold. Nothing of it was or will be written. */
public final class TransactionAbortedException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#TRANSACTION_ABORTED}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public TransactionAbortedException(String what, FailureDetails details, @Nullable Throwable cause) {
        super(ErrorCode.TRANSACTION_ABORTED, what, details, cause);
    }
}
