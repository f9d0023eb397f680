package io.tikvdirect.codec.kv;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.wire.WireWriter;

/**
 * Immutable and thread-safe: writes the bodies (all fields but {@code context}) of prewrites and commits, for one key
 * space.
 *
 * <p>Allocates nothing; all methods <em>borrow</em> their buffers. Keys are user keys. The {@code ...Size} methods return
 * exactly what their twins write.
 */
public final class KvCommitBodies {
    private static final int MUTATIONS = 2;
    private static final int PRIMARY_LOCK = 3;
    private static final int START_VERSION = 4;
    private static final int LOCK_TTL = 5;
    private static final int PESSIMISTIC_ACTIONS = 7;
    private static final int TXN_SIZE = 8;
    private static final int FOR_UPDATE_TS = 9;
    private static final int MIN_COMMIT_TS = 10;
    private static final int USE_ASYNC_COMMIT = 11;
    private static final int SECONDARIES = 12;
    private static final int TRY_ONE_PC = 13;
    private static final int MAX_COMMIT_TS = 14;
    private static final int ASSERTION_LEVEL = 15;

    private static final int MUTATION_OP = 1;
    private static final int MUTATION_KEY = 2;
    private static final int MUTATION_VALUE = 3;
    private static final int MUTATION_ASSERTION = 4;

    private static final int COMMIT_START_VERSION = 2;
    private static final int COMMIT_KEYS = 3;
    private static final int COMMIT_VERSION = 4;
    private static final int COMMIT_ROLE = 6;
    private static final int COMMIT_PRIMARY_KEY = 7;
    private static final int COMMIT_USE_ASYNC_COMMIT = 8;

    private final byte[] prefix;

    /**
     * Makes the writer.
     *
     * @param keySpace of all keys
     */
    public KvCommitBodies(final KeySpace keySpace) {
        this.prefix = keySpace.prefix();
    }

    private int mutationContent(final int op, final int keyLength, final int valueLength, final int assertion) {
        return WireWriter.varintFieldSize(MUTATION_OP, op)
                + KeyField.optionalSize(MUTATION_KEY, prefix, keyLength)
                + WireWriter.bytesFieldSize(MUTATION_VALUE, valueLength)
                + WireWriter.varintFieldSize(MUTATION_ASSERTION, assertion);
    }

    /**
     * Size of one mutation of a {@code PrewriteRequest} body.
     *
     * @param op number of {@code kvrpcpb.Op}
     * @param keyLength of the user key
     * @param valueLength of the value
     * @param assertion number of {@code kvrpcpb.Assertion}
     * @return bytes
     */
    public int mutationSize(final int op, final int keyLength, final int valueLength, final int assertion) {
        return WireWriter.lengthDelimitedSize(MUTATIONS, mutationContent(op, keyLength, valueLength, assertion));
    }

    /**
     * Writes one mutation of a {@code PrewriteRequest} body.
     *
     * @param out destination
     * @param op number of {@code kvrpcpb.Op}
     * @param key user key
     * @param value buffer with the value; other threads may read it meanwhile
     * @param valueOffset absolute index of the value
     * @param valueLength of the value; 0 for none
     * @param assertion number of {@code kvrpcpb.Assertion}
     */
    public void writeMutation(
            final ByteBuf out,
            final int op,
            final byte[] key,
            final ByteBuf value,
            final int valueOffset,
            final int valueLength,
            final int assertion) {
        WireWriter.writeLengthDelimitedHead(out, MUTATIONS, mutationContent(op, key.length, valueLength, assertion));
        WireWriter.writeVarintField(out, MUTATION_OP, op);
        KeyField.writeOptional(out, MUTATION_KEY, prefix, key);
        if (valueLength != 0) {
            WireWriter.writeLengthDelimitedHead(out, MUTATION_VALUE, valueLength);
            Bytes.write(out, value, valueOffset, valueLength);
        }
        WireWriter.writeVarintField(out, MUTATION_ASSERTION, assertion);
    }

    /**
     * Size of the field that says what to verify about each mutation's lock.
     *
     * @param count mutations in the request
     * @return bytes
     */
    public int pessimisticActionsSize(final int count) {
        return WireWriter.bytesFieldSize(PESSIMISTIC_ACTIONS, count);
    }

    /**
     * Writes what to verify about each mutation's lock, in a pessimistic transaction.
     *
     * @param out destination
     * @param actions one number of {@code PrewriteRequest.PessimisticAction} per mutation; each below 128
     * @param count how many of them, from the first on
     */
    public void writePessimisticActions(final ByteBuf out, final byte[] actions, final int count) {
        if (count != 0) {
            WireWriter.writeLengthDelimitedHead(out, PESSIMISTIC_ACTIONS, count);
            out.writeBytes(actions, 0, count);
        }
    }

    /**
     * Size of one secondary key in the primary's request of an async commit.
     *
     * @param keyLength of the user key
     * @return bytes
     */
    public int secondarySize(final int keyLength) {
        return KeyField.size(SECONDARIES, prefix, keyLength);
    }

    /**
     * Writes one secondary key in the primary's request of an async commit.
     *
     * @param out destination
     * @param key user key
     */
    public void writeSecondary(final ByteBuf out, final byte[] key) {
        KeyField.write(out, SECONDARIES, prefix, key);
    }

    /**
     * Size of what {@link #writeTerms} writes.
     *
     * @param terms of the transaction
     * @param txnSize keys of the transaction in this region
     * @return bytes
     */
    public int termsSize(final PrewriteTerms terms, final long txnSize) {
        return KeyField.optionalSize(PRIMARY_LOCK, prefix, terms.primary().length)
                + WireWriter.varintFieldSize(START_VERSION, terms.startVersion())
                + WireWriter.varintFieldSize(LOCK_TTL, terms.lockTtlMs())
                + WireWriter.varintFieldSize(TXN_SIZE, txnSize)
                + WireWriter.varintFieldSize(FOR_UPDATE_TS, terms.forUpdateTs())
                + WireWriter.varintFieldSize(MIN_COMMIT_TS, terms.minCommitTs())
                + WireWriter.boolFieldSize(USE_ASYNC_COMMIT, terms.asyncCommit())
                + WireWriter.boolFieldSize(TRY_ONE_PC, terms.onePhase())
                + WireWriter.varintFieldSize(MAX_COMMIT_TS, terms.maxCommitTs())
                + WireWriter.varintFieldSize(ASSERTION_LEVEL, terms.assertionLevel());
    }

    /**
     * Writes what all prewrite requests of a transaction say alike.
     *
     * @param out destination
     * @param terms of the transaction
     * @param txnSize keys of the transaction in this region; a hint for those who resolve its locks
     */
    public void writeTerms(final ByteBuf out, final PrewriteTerms terms, final long txnSize) {
        KeyField.writeOptional(out, PRIMARY_LOCK, prefix, terms.primary());
        WireWriter.writeVarintField(out, START_VERSION, terms.startVersion());
        WireWriter.writeVarintField(out, LOCK_TTL, terms.lockTtlMs());
        WireWriter.writeVarintField(out, TXN_SIZE, txnSize);
        WireWriter.writeVarintField(out, FOR_UPDATE_TS, terms.forUpdateTs());
        WireWriter.writeVarintField(out, MIN_COMMIT_TS, terms.minCommitTs());
        WireWriter.writeBoolField(out, USE_ASYNC_COMMIT, terms.asyncCommit());
        WireWriter.writeBoolField(out, TRY_ONE_PC, terms.onePhase());
        WireWriter.writeVarintField(out, MAX_COMMIT_TS, terms.maxCommitTs());
        WireWriter.writeVarintField(out, ASSERTION_LEVEL, terms.assertionLevel());
    }

    /**
     * Size of one key of a {@code CommitRequest} body.
     *
     * @param keyLength of the user key
     * @return bytes
     */
    public int commitKeySize(final int keyLength) {
        return KeyField.size(COMMIT_KEYS, prefix, keyLength);
    }

    /**
     * Writes one key of a {@code CommitRequest} body.
     *
     * @param out destination
     * @param key user key
     */
    public void writeCommitKey(final ByteBuf out, final byte[] key) {
        KeyField.write(out, COMMIT_KEYS, prefix, key);
    }

    /**
     * Size of what {@link #finishCommit} writes.
     *
     * @param startVersion start timestamp
     * @param commitVersion commit timestamp
     * @param role number of {@code kvrpcpb.CommitRole}
     * @param primaryLength length of the primary user key
     * @param asyncCommit whether the transaction is an async commit
     * @return bytes
     */
    public int commitFinishSize(
            final long startVersion,
            final long commitVersion,
            final int role,
            final int primaryLength,
            final boolean asyncCommit) {
        return WireWriter.varintFieldSize(COMMIT_START_VERSION, startVersion)
                + WireWriter.varintFieldSize(COMMIT_VERSION, commitVersion)
                + WireWriter.varintFieldSize(COMMIT_ROLE, role)
                + KeyField.optionalSize(COMMIT_PRIMARY_KEY, prefix, primaryLength)
                + WireWriter.boolFieldSize(COMMIT_USE_ASYNC_COMMIT, asyncCommit);
    }

    /**
     * Ends the body of a {@code CommitRequest} behind its keys.
     *
     * @param out destination
     * @param startVersion start timestamp
     * @param commitVersion commit timestamp
     * @param role number of {@code kvrpcpb.CommitRole}
     * @param primary primary user key
     * @param asyncCommit whether the transaction is an async commit
     */
    public void finishCommit(
            final ByteBuf out,
            final long startVersion,
            final long commitVersion,
            final int role,
            final byte[] primary,
            final boolean asyncCommit) {
        WireWriter.writeVarintField(out, COMMIT_START_VERSION, startVersion);
        WireWriter.writeVarintField(out, COMMIT_VERSION, commitVersion);
        WireWriter.writeVarintField(out, COMMIT_ROLE, role);
        KeyField.writeOptional(out, COMMIT_PRIMARY_KEY, prefix, primary);
        WireWriter.writeBoolField(out, COMMIT_USE_ASYNC_COMMIT, asyncCommit);
    }
}
