package io.tikvdirect.client.txn;

import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvException;
import org.jspecify.annotations.Nullable;

/** Immutable. Waiting for a lock would have closed a cycle of transactions that wait for each other; the message has the chain. This transaction keeps its other locks until it is rolled back; run it again. */
public final class DeadlockException extends TikvException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with code {@link ErrorCode#DEADLOCK}.
     *
     * @param what one sentence for a person
     * @param details the facts of the attempt
     * @param cause what was caught, or null
     */
    public DeadlockException(String what, FailureDetails details, @Nullable Throwable cause) {
        super(ErrorCode.DEADLOCK, what, details, cause);
    }
}
