package io.tikvdirect.client.internal.txn;

import com.google.protobuf.ByteString;
import io.tikvdirect.codec.key.ForeignKeyException;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import io.tikvdirect.proto.kvrpcpb.Op;
import java.util.ArrayList;
import java.util.List;

/**
 * Immutable. A lock that a store reported; keys are user keys.
 *
 * @param key what is locked
 * @param primary the key that decides for the transaction
 * @param startTs the transaction
 * @param ttlMs how long after its start it must be respected, in milliseconds; 0 asks for its resolution at once
 * @param txnSize how many keys the transaction has in the region, as far as it told
 * @param pessimistic whether it only keeps others from writing and holds no value yet
 * @param forUpdateTs of a pessimistic lock
 * @param asyncCommit whether the transaction is committed as soon as all its keys are locked
 * @param minCommitTs the transaction does not commit earlier
 * @param secondaries all other keys, on the primary lock of an async commit
 */
@SuppressWarnings("ArrayRecordComponent") // never compared or hashed
record Lock(
        byte[] key,
        byte[] primary,
        long startTs,
        long ttlMs,
        long txnSize,
        boolean pessimistic,
        long forUpdateTs,
        boolean asyncCommit,
        long minCommitTs,
        List<byte[]> secondaries) {

    /**
     * Takes a lock from a store's answer; a shared lock is as many as share it.
     *
     * @param info from the answer
     * @param keySpace of the client
     * @return at least one
     * @throws ForeignKeyException when a key is of another key space
     */
    static List<Lock> of(LockInfo info, KeySpace keySpace) throws ForeignKeyException {
        if (info.getSharedLockInfosCount() == 0) {
            return List.of(single(info, keySpace));
        }
        List<Lock> sharers = new ArrayList<>();
        for (LockInfo sharer : info.getSharedLockInfosList()) {
            sharers.add(single(
                    sharer.getKey().isEmpty()
                            ? sharer.toBuilder().setKey(info.getKey()).build()
                            : sharer,
                    keySpace));
        }
        return sharers;
    }

    private static Lock single(LockInfo info, KeySpace keySpace) throws ForeignKeyException {
        List<byte[]> secondaries = new ArrayList<>();
        for (ByteString secondary : info.getSecondariesList()) {
            secondaries.add(keySpace.userKey(secondary.toByteArray()));
        }
        Op type = info.getLockType();
        return new Lock(
                keySpace.userKey(info.getKey().toByteArray()),
                keySpace.userKey(info.getPrimaryLock().toByteArray()),
                info.getLockVersion(),
                info.getLockTtl(),
                info.getTxnSize(),
                type == Op.PessimisticLock || type == Op.SharedPessimisticLock,
                info.getLockForUpdateTs(),
                info.getUseAsyncCommit(),
                info.getMinCommitTs(),
                secondaries);
    }

    /** Names the transaction only: keys may be personal data. */
    @Override
    public String toString() {
        return "lock of transaction " + Long.toUnsignedString(startTs);
    }
}
