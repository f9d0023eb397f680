package io.tikvdirect.embedded.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.embedded.internal.mvcc.SharedLocks;
import io.tikvdirect.embedded.internal.mvcc.TxnLock;
import io.tikvdirect.embedded.internal.mvcc.Version;
import io.tikvdirect.embedded.internal.topology.Keys;
import io.tikvdirect.proto.deadlock.WaitForEntry;
import io.tikvdirect.proto.kvrpcpb.AlreadyExist;
import io.tikvdirect.proto.kvrpcpb.Assertion;
import io.tikvdirect.proto.kvrpcpb.AssertionFailed;
import io.tikvdirect.proto.kvrpcpb.CommitTsExpired;
import io.tikvdirect.proto.kvrpcpb.Deadlock;
import io.tikvdirect.proto.kvrpcpb.KeyError;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.PrimaryMismatch;
import io.tikvdirect.proto.kvrpcpb.TxnLockNotFound;
import io.tikvdirect.proto.kvrpcpb.TxnNotFound;
import io.tikvdirect.proto.kvrpcpb.WriteConflict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Immutable. A command that a key's state forbids; without stack trace, it is an answer and no defect. */
public final class TxnException extends Exception {
    private static final long serialVersionUID = 1;

    /** What forbids it, as far as commands treat it differently. */
    public enum Kind {
        LOCKED,
        /** Locked by transactions that share the key and have to be told that nobody may join. */
        SHARED_AND_OPEN,
        WRITE_CONFLICT,
        PESSIMISTIC_LOCK_NOT_FOUND,
        COMMIT_TS_TOO_LARGE,
        ALREADY_EXIST,
        ASSERTION_FAILED,
        LOCK_NOT_FOUND,
        COMMITTED,
        OLD_GENERATION,
        OTHER
    }

    private final Kind kind;
    private final transient KeyError error;
    private final long commitTs;

    private TxnException(Kind kind, KeyError error, long commitTs) {
        super(kind.name(), null, false, false);
        this.kind = kind;
        this.error = error;
        this.commitTs = commitTs;
    }

    public Kind kind() {
        return kind;
    }

    /** As responses carry it. */
    public KeyError error() {
        return error;
    }

    /** The commit in the way, of WRITE_CONFLICT and COMMITTED; else 0. */
    public long commitTs() {
        return commitTs;
    }

    private static TxnException of(Kind kind, KeyError.Builder error) {
        return new TxnException(kind, error.build(), 0);
    }

    static TxnException locked(LockInfo lock) {
        return of(Kind.LOCKED, KeyError.newBuilder().setLocked(lock));
    }

    static TxnException locked(TxnLock lock, TxnKey key) {
        return locked(lock.info(key.user()));
    }

    static TxnException locked(SharedLocks locks, TxnKey key) {
        return locked(locks.info(key.user()));
    }

    static TxnException sharedAndOpen(SharedLocks locks, TxnKey key) {
        return of(Kind.SHARED_AND_OPEN, KeyError.newBuilder().setLocked(locks.info(key.user())));
    }

    /** A write conflict; {@code conflictCommitTs} 0 where nothing was committed. */
    public static TxnException conflict(
            TxnKey key,
            ByteString primary,
            long startTs,
            long conflictStartTs,
            long conflictCommitTs,
            WriteConflict.Reason reason) {
        KeyError.Builder error = KeyError.newBuilder()
                .setConflict(WriteConflict.newBuilder()
                        .setKey(key.user())
                        .setPrimary(primary)
                        .setStartTs(startTs)
                        .setConflictTs(conflictStartTs)
                        .setConflictCommitTs(conflictCommitTs)
                        .setReason(reason))
                .setRetryable("write conflict, reason " + reason);
        return new TxnException(Kind.WRITE_CONFLICT, error.build(), conflictCommitTs);
    }

    static TxnException conflict(
            TxnKey key, ByteString primary, long startTs, Version with, WriteConflict.Reason reason) {
        return conflict(key, primary, startTs, with.startTs(), with.commitTs(), reason);
    }

    static TxnException alreadyExists(TxnKey key) {
        return of(
                Kind.ALREADY_EXIST,
                KeyError.newBuilder().setAlreadyExist(AlreadyExist.newBuilder().setKey(key.user())));
    }

    static TxnException lockNotFound(TxnKey key, long startTs, long commitTs) {
        return of(
                Kind.LOCK_NOT_FOUND,
                KeyError.newBuilder()
                        .setTxnLockNotFound(TxnLockNotFound.newBuilder().setKey(key.user()))
                        .setRetryable("no lock of " + Long.toUnsignedString(startTs) + " to commit at "
                                + Long.toUnsignedString(commitTs)));
    }

    static TxnException txnNotFound(TxnKey primary, long startTs) {
        return of(
                Kind.OTHER,
                KeyError.newBuilder()
                        .setTxnNotFound(
                                TxnNotFound.newBuilder().setStartTs(startTs).setPrimaryKey(primary.user())));
    }

    static TxnException commitTsExpired(TxnKey key, TxnLock lock, long commitTs) {
        return of(
                Kind.OTHER,
                KeyError.newBuilder()
                        .setCommitTsExpired(CommitTsExpired.newBuilder()
                                .setKey(key.user())
                                .setStartTs(lock.startTs())
                                .setAttemptedCommitTs(commitTs)
                                .setMinCommitTs(lock.minCommitTs())));
    }

    static TxnException assertionFailed(TxnKey key, long startTs, Assertion assertion, @Nullable Version existing) {
        return of(
                Kind.ASSERTION_FAILED,
                KeyError.newBuilder()
                        .setAssertionFailed(AssertionFailed.newBuilder()
                                .setKey(key.user())
                                .setStartTs(startTs)
                                .setAssertion(assertion)
                                .setExistingStartTs(existing == null ? 0 : existing.startTs())
                                .setExistingCommitTs(existing == null ? 0 : existing.commitTs())));
    }

    static TxnException primaryMismatch(LockInfo actual) {
        return of(
                Kind.OTHER,
                KeyError.newBuilder()
                        .setPrimaryMismatch(PrimaryMismatch.newBuilder().setLockInfo(actual)));
    }

    static TxnException deadlock(TxnKey key, long lockTs, long keyHash, List<WaitForEntry> chain) {
        return of(
                Kind.OTHER,
                KeyError.newBuilder()
                        .setDeadlock(Deadlock.newBuilder()
                                .setLockKey(key.user())
                                .setLockTs(lockTs)
                                .setDeadlockKeyHash(keyHash)
                                .addAllWaitChain(chain)));
    }

    static TxnException pessimisticLockNotFound(TxnKey key, String why) {
        return of(
                Kind.PESSIMISTIC_LOCK_NOT_FOUND,
                KeyError.newBuilder().setAbort("PessimisticLockNotFound, " + why + ": " + text(key)));
    }

    static TxnException committed(TxnKey key, long commitTs) {
        KeyError error = KeyError.newBuilder()
                .setAbort("Committed at " + Long.toUnsignedString(commitTs) + ": " + text(key))
                .build();
        return new TxnException(Kind.COMMITTED, error, commitTs);
    }

    static TxnException commitTsTooLarge() {
        return of(Kind.COMMIT_TS_TOO_LARGE, KeyError.newBuilder().setAbort("CommitTsTooLarge"));
    }

    static TxnException oldGeneration() {
        return of(Kind.OLD_GENERATION, KeyError.newBuilder().setAbort("GenerationOutOfOrder"));
    }

    /** What the protocol has no field for. */
    public static TxnException aborted(String why) {
        return of(Kind.OTHER, KeyError.newBuilder().setAbort(why));
    }

    static String text(TxnKey key) {
        return Keys.hex(key.user().toByteArray());
    }
}
