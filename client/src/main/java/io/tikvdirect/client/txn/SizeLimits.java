package io.tikvdirect.client.txn;

/**
 * Immutable. How large a transaction may become (MEM-01, TXN-21); what is larger is refused when it is written, and leaves
 * the transaction as it was.
 *
 * @param entryBytes of one key and its value
 * @param totalBytes of all keys and values that are held at once; what a pipelined transaction has flushed does not count
 */
public record SizeLimits(long entryBytes, long totalBytes) {

    /** None but those of keys and values, as in client-go. */
    public static final SizeLimits NONE = new SizeLimits(Long.MAX_VALUE, Long.MAX_VALUE);

    /** Checks that both are positive. */
    public SizeLimits {
        if (entryBytes <= 0 || totalBytes <= 0) {
            throw new IllegalArgumentException("limits must be positive: " + entryBytes + ", " + totalBytes);
        }
    }
}
