package io.tikvdirect.client.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.client.ErrorCode;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.KeyRedaction;
import io.tikvdirect.client.ProtocolException;
import io.tikvdirect.client.ServerException;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.log.KeyFormat;
import io.tikvdirect.client.txn.DeadlockException;
import io.tikvdirect.client.txn.ExpectationFailedException;
import io.tikvdirect.client.txn.KeyExistsException;
import io.tikvdirect.client.txn.KeyLockedException;
import io.tikvdirect.client.txn.TransactionAbortedException;
import io.tikvdirect.client.txn.WriteConflictException;
import io.tikvdirect.codec.key.ForeignKeyException;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.proto.deadlock.WaitForEntry;
import io.tikvdirect.proto.kvrpcpb.Assertion;
import io.tikvdirect.proto.kvrpcpb.AssertionFailed;
import io.tikvdirect.proto.kvrpcpb.Deadlock;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.WriteConflict;
import org.jspecify.annotations.Nullable;

/** Immutable. Turns a store's {@code KeyError} into the exception a person can act on (TXN-21). */
final class KeyErrors {

    private final KeySpace keySpace;
    private final KeyRedaction redaction;

    KeyErrors(KeySpace keySpace, KeyRedaction redaction) {
        this.keySpace = keySpace;
        this.redaction = redaction;
    }

    String show(byte[] userKey) {
        return KeyFormat.show(userKey, redaction);
    }

    private @Nullable String show(ByteString storeKey) {
        if (storeKey.isEmpty()) {
            return null;
        }
        try {
            return show(keySpace.userKey(storeKey.toByteArray()));
        } catch (ForeignKeyException foreign) {
            return "a key of another key space";
        }
    }

    /**
     * The failure for an error.
     *
     * @param error any but {@code locked}, which is resolved and not reported
     * @param details what is known of the request
     * @return the failure
     */
    TikvException of(KeyError error, FailureDetails.Builder details) {
        if (error.hasConflict()) {
            return conflict(error.getConflict(), details);
        }
        if (error.hasAlreadyExist()) {
            return new KeyExistsException(
                    "the key exists already",
                    details.key(show(error.getAlreadyExist().getKey())).build(),
                    null);
        }
        if (error.hasDeadlock()) {
            return deadlock(error.getDeadlock(), details);
        }
        if (error.hasAssertionFailed()) {
            return unexpected(error.getAssertionFailed(), details);
        }
        if (error.hasLocked()) {
            return locked(error.getLocked().getKey(), error.getLocked().getLockVersion(), details);
        }
        if (!error.getRetryable().isEmpty()) {
            return new ServerException(
                    ErrorCode.WRITE_CONFLICT,
                    "the store asks to try again: " + error.getRetryable(),
                    details.build(),
                    null);
        }
        String text = aborted(error);
        return text == null
                ? new ServerException(
                        ErrorCode.SERVER_ERROR, "the store refused: " + oneLine(error), details.build(), null)
                : new TransactionAbortedException(text, details.build(), null);
    }

    private static @Nullable String aborted(KeyError error) {
        if (error.hasTxnNotFound() || error.hasTxnLockNotFound()) {
            return "the transaction's lock is gone: it has been rolled back";
        }
        if (error.hasCommitTsExpired() || error.hasCommitTsTooLarge()) {
            return "the transaction cannot be committed at that time: " + oneLine(error);
        }
        if (error.hasPrimaryMismatch()) {
            return "the lock names another primary key";
        }
        return error.getAbort().isEmpty() ? null : "the store aborted the transaction: " + error.getAbort();
    }

    private static String oneLine(KeyError error) {
        return error.getAllFields().keySet().stream()
                .map(field -> field.getName())
                .toList()
                .toString();
    }

    KeyLockedException locked(ByteString storeKey, long startTs, FailureDetails.Builder details) {
        return new KeyLockedException(
                "the key is locked by transaction " + Long.toUnsignedString(startTs),
                details.key(show(storeKey)).build(),
                null);
    }

    /**
     * The failure of a transaction that gives way to the owner of a lock.
     *
     * @param lock of the other transaction
     * @param startTs of the one that fails
     * @param details what is known of the request
     */
    WriteConflictException conflict(Lock lock, long startTs, FailureDetails.Builder details) {
        return new WriteConflictException(
                "transaction " + Long.toUnsignedString(startTs) + " gives way to transaction "
                        + Long.toUnsignedString(lock.startTs()) + ", which has locked the key",
                details.key(show(lock.key())).build(),
                startTs,
                lock.startTs(),
                0,
                null);
    }

    private WriteConflictException conflict(WriteConflict conflict, FailureDetails.Builder details) {
        return new WriteConflictException(
                "transaction " + Long.toUnsignedString(conflict.getStartTs()) + " conflicts with transaction "
                        + Long.toUnsignedString(conflict.getConflictTs()) + " (" + conflict.getReason() + ')',
                details.key(show(conflict.getKey())).build(),
                conflict.getStartTs(),
                conflict.getConflictTs(),
                conflict.getConflictCommitTs(),
                null);
    }

    private ExpectationFailedException unexpected(AssertionFailed failed, FailureDetails.Builder details) {
        return new ExpectationFailedException(
                "the key was expected to " + (failed.getAssertion() == Assertion.Exist ? "exist" : "be absent"),
                details.key(show(failed.getKey())).build(),
                null);
    }

    private DeadlockException deadlock(Deadlock deadlock, FailureDetails.Builder details) {
        StringBuilder chain = new StringBuilder("waiting for this lock would be a deadlock");
        for (WaitForEntry wait : deadlock.getWaitChainList()) {
            chain.append("; ")
                    .append(Long.toUnsignedString(wait.getTxn()))
                    .append(" waits for ")
                    .append(Long.toUnsignedString(wait.getWaitForTxn()));
        }
        return new DeadlockException(
                chain.toString(), details.key(show(deadlock.getLockKey())).build(), null);
    }

    /** An answer that makes no sense. */
    static ProtocolException nonsense(String what) {
        return new ProtocolException(what, FailureDetails.NONE, null);
    }
}
