package io.tikvdirect.client.txn;

import java.time.Duration;

/**
 * Immutable. One transaction that waits for a pessimistic lock of another, as a store knows it (PES-06).
 *
 * @param waiter start timestamp of the one that waits
 * @param owner start timestamp of the one that has the lock
 * @param key that is locked
 * @param resourceGroupTag label of the waiter's request ({@link RequestTags}); empty: none
 * @param waited for how long by now, as far as the store tells
 */
@SuppressWarnings("ArrayRecordComponent") // never compared or hashed
public record LockWaiting(Timestamp waiter, Timestamp owner, byte[] key, byte[] resourceGroupTag, Duration waited) {}
