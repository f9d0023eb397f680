package io.tikvdirect.client.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;

/** Immutable. A key and its value are larger than {@link SizeLimits#entryBytes()} allows. It was not written; the transaction can go on. */
public final class EntryTooLargeException extends TikvException {
    private static final long serialVersionUID = 1L;

    private final long bytes;
    private final long limit;

    /**
     * A failure with code {@link ErrorCode#ENTRY_TOO_LARGE}.
     *
     * @param bytes of the key and the value
     * @param limit what is allowed
     * @param details the facts of the call
     */
    public EntryTooLargeException(long bytes, long limit, FailureDetails details) {
        super(
                ErrorCode.ENTRY_TOO_LARGE,
                "the key and its value have " + bytes + " bytes, the transaction's limit is " + limit,
                details,
                null);
        this.bytes = bytes;
        this.limit = limit;
    }

    /**
     * How large it is.
     *
     * @return bytes of the key and the value
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
