package io.tikvdirect.client.txn;

/**
 * Used by one thread at a time. The locks of one statement of a pessimistic transaction, which may have to be tried again
 * with newer values (PES-04): locks that it has already are kept over its attempts, so that it need not queue for a hot key
 * again, and what the last attempt did not ask for is given up.
 *
 * <pre>{@code
 * try (LockStatement statement = txn.statement()) {
 *     while (!attempt(txn)) {
 *         statement.retry();
 *     }
 *     statement.done();
 * }
 * }</pre>
 */
public interface LockStatement extends AutoCloseable {

    /** Begins another attempt. Locking a key again that an attempt before has locked costs no request. */
    void retry();

    /** Ends well: locks of earlier attempts that the last one did not ask for are given up, in the background. */
    void done();

    /** Gives all locks up that the statement has taken, in the background, unless it is {@link #done()}. */
    @Override
    void close();
}
