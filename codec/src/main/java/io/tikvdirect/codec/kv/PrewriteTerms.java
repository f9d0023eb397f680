package io.tikvdirect.codec.kv;

/**
 * Immutable. What all prewrite requests of one transaction say alike.
 *
 * @param primary user key that decides for the whole transaction
 * @param startVersion start timestamp
 * @param lockTtlMs how long after its start the transaction's locks must be respected, in milliseconds
 * @param forUpdateTs of a pessimistic transaction; 0 for an optimistic one
 * @param minCommitTs the transaction promises not to commit earlier; 0 for no promise
 * @param asyncCommit whether the transaction is committed as soon as every key is prewritten
 * @param onePhase whether the store may commit at once, all keys being in this request
 * @param maxCommitTs limit of an async or one-phase commit; 0 for none
 * @param assertionLevel number of {@code kvrpcpb.AssertionLevel}
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to the encoder, never compared or hashed
public record PrewriteTerms(
        byte[] primary,
        long startVersion,
        long lockTtlMs,
        long forUpdateTs,
        long minCommitTs,
        boolean asyncCommit,
        boolean onePhase,
        long maxCommitTs,
        int assertionLevel) {}
