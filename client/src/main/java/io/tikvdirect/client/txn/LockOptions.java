package io.tikvdirect.client.txn;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How a pessimistic transaction locks keys. Made by changing {@link #DEFAULT} step by step.
 *
 * @param waitFor how long to wait for another transaction; zero: not at all; null: as long as the call may take
 * @param returnValues whether the newest values of the keys are wanted
 * @param onlyIfExists whether keys that do not exist stay unlocked; needs {@code returnValues}
 * @param shared whether others may hold the same lock at once (PES-05); such a lock protects from writers, its holder
 *     cannot write the key, and the transaction must have locked some other key for itself alone before
 * @param fair whether a call with a single key gets the lock in turn even when the key was written meanwhile (PES-04), in
 *     place of a conflict that sends it to the end of the queue; for keys that many want
 */
public record LockOptions(
        @Nullable Duration waitFor, boolean returnValues, boolean onlyIfExists, boolean shared, boolean fair) {

    /** Waits as long as the call may take and returns no values. */
    public static final LockOptions DEFAULT = new LockOptions(null, false, false, false, false);

    /** Checks that the time is not negative. */
    public LockOptions {
        if (waitFor != null && waitFor.isNegative()) {
            throw new IllegalArgumentException("waitFor must not be negative: " + waitFor);
        }
        if (onlyIfExists && !returnValues) {
            throw new IllegalArgumentException("onlyIfExists needs returnValues");
        }
        if (shared && fair) {
            throw new IllegalArgumentException("a shared lock cannot be fair");
        }
    }

    /**
     * Whether a key that is locked by another transaction fails the call at once.
     *
     * @return true when the time to wait is zero
     */
    public boolean isNoWait() {
        return waitFor != null && waitFor.isZero();
    }

    /**
     * The same without waiting.
     *
     * @return new options
     */
    public LockOptions noWait() {
        return new LockOptions(Duration.ZERO, returnValues, onlyIfExists, shared, fair);
    }

    /**
     * The same with another time to wait.
     *
     * @param newWait not negative
     * @return new options
     */
    public LockOptions withWait(Duration newWait) {
        return new LockOptions(newWait, returnValues, onlyIfExists, shared, fair);
    }

    /**
     * The same with the values of the keys.
     *
     * @return new options
     */
    public LockOptions returningValues() {
        return new LockOptions(waitFor, true, onlyIfExists, shared, fair);
    }

    /**
     * The same for keys that exist only, with their values.
     *
     * @return new options
     */
    public LockOptions onlyExisting() {
        return new LockOptions(waitFor, true, true, shared, fair);
    }

    /**
     * The same for locks that others may hold at once.
     *
     * @return new options
     */
    public LockOptions inShareMode() {
        return new LockOptions(waitFor, returnValues, onlyIfExists, true, false);
    }

    /**
     * The same, in turn.
     *
     * @return new options
     */
    public LockOptions inTurn() {
        return new LockOptions(waitFor, returnValues, onlyIfExists, false, true);
    }
}
