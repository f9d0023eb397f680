package io.tikvdirect.client.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;

/** Immutable. With this write the transaction would be larger than {@link SizeLimits#totalBytes()} allows. It was not written; the transaction can be committed without it, or be rolled back and made {@linkplain TransactionOptions#withPipelining pipelined}. */
public final class TransactionTooLargeException extends TikvException {
    private static final long serialVersionUID = 1L;

    private final long bytes;
    private final long limit;

    /**
     * A failure with code {@link ErrorCode#TRANSACTION_TOO_LARGE}.
     *
     * @param bytes of all keys and values
     * @param limit what is allowed
     * @param details the facts of the call
     */
    public TransactionTooLargeException(long bytes, long limit, FailureDetails details) {
        super(
                ErrorCode.TRANSACTION_TOO_LARGE,
                "the transaction would have " + bytes + " bytes, its limit is " + limit,
                details,
                null);
        this.bytes = bytes;
        this.limit = limit;
    }

    /**
     * How large it would be.
     *
     * @return bytes of all keys and values
     */
    public long bytes() {
        return bytes;
    }

    /**
     * How large it may be.
     *
     * @return bytes
     */
    public long limit() {
        return limit;
    }
}
