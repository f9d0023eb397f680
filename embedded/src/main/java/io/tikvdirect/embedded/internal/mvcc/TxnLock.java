package io.tikvdirect.embedded.internal.mvcc;

import com.google.protobuf.ByteString;
import io.tikvdirect.proto.kvrpcpb.LockInfo;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Immutable. One transaction's lock on a key, with the value that it will commit. */
public final class TxnLock {
    private final Draft fields;

    private TxnLock(Draft fields) {
        this.fields = fields;
    }

    /** Confined to its caller. A lock in the making; its fields are those of {@link TxnLock}. */
    public static final class Draft {
        public LockType type;
        public ByteString primary;
        public long startTs;
        public long ttlMs;
        public @Nullable ByteString value;
        public long forUpdateTs;
        public long txnSize;
        public long minCommitTs;
        public boolean asyncCommit;
        public List<ByteString> secondaries = List.of();
        public List<Long> rollbackTs = List.of();
        public long generation;
        public boolean lockedWithConflict;
        public boolean inMemory;
        public LastChange lastChange = LastChange.UNKNOWN;

        /** A lock of the transaction that started at {@code startTs}. */
        public Draft(LockType type, ByteString primary, long startTs) {
            this.type = type;
            this.primary = primary;
            this.startTs = startTs;
        }

        /** The lock; the draft must not be changed afterwards. */
        public TxnLock lock() {
            return new TxnLock(this);
        }
    }

    /** A draft with the same fields. */
    public Draft draft() {
        Draft draft = new Draft(fields.type, fields.primary, fields.startTs);
        draft.ttlMs = fields.ttlMs;
        draft.value = fields.value;
        draft.forUpdateTs = fields.forUpdateTs;
        draft.txnSize = fields.txnSize;
        draft.minCommitTs = fields.minCommitTs;
        draft.asyncCommit = fields.asyncCommit;
        draft.secondaries = fields.secondaries;
        draft.rollbackTs = fields.rollbackTs;
        draft.generation = fields.generation;
        draft.lockedWithConflict = fields.lockedWithConflict;
        draft.inMemory = fields.inMemory;
        draft.lastChange = fields.lastChange;
        return draft;
    }

    /** The lock that also remembers that the transaction starting at {@code ts} was rolled back beneath it. */
    public TxnLock withRollback(long ts) {
        Draft draft = draft();
        List<Long> all = new ArrayList<>(fields.rollbackTs);
        all.add(ts);
        draft.rollbackTs = List.copyOf(all);
        return draft.lock();
    }

    public LockType type() {
        return fields.type;
    }

    /** The key that decides for the transaction, as requests carry keys. */
    public ByteString primary() {
        return fields.primary;
    }

    public long startTs() {
        return fields.startTs;
    }

    /** How long after its start the transaction is taken to be alive. */
    public long ttlMs() {
        return fields.ttlMs;
    }

    /** The value of a put, else null. */
    public @Nullable ByteString value() {
        return fields.value;
    }

    /** 0 for optimistic transactions. */
    public long forUpdateTs() {
        return fields.forUpdateTs;
    }

    /** The transaction will not commit before; 0 = no promise. */
    public long minCommitTs() {
        return fields.minCommitTs;
    }

    public boolean asyncCommit() {
        return fields.asyncCommit;
    }

    /** On the primary of an async commit: the transaction's other keys. */
    public List<ByteString> secondaries() {
        return fields.secondaries;
    }

    /** Transactions that were rolled back while this lock stood. */
    public List<Long> rollbackTs() {
        return fields.rollbackTs;
    }

    /** Of a flushed lock the number of the flush, else 0. */
    public long generation() {
        return fields.generation;
    }

    /** Whether it was taken although somebody had written after its for_update_ts. */
    public boolean lockedWithConflict() {
        return fields.lockedWithConflict;
    }

    /** Whether TiKV would keep it in memory only, where resolving a whole region does not find it (SURPRISES 31). */
    public boolean inMemory() {
        return fields.inMemory;
    }

    public LastChange lastChange() {
        return fields.lastChange;
    }

    public boolean isPessimistic() {
        return fields.type == LockType.PESSIMISTIC;
    }

    /** Whether its time to live has passed at {@code currentTs}. */
    public boolean isExpired(long currentTs) {
        return Ts.isBefore(Ts.physicalMs(fields.startTs) + fields.ttlMs, Ts.physicalMs(currentTs));
    }

    /** The lock as errors describe it. */
    public LockInfo info(ByteString key) {
        return LockInfo.newBuilder()
                .setPrimaryLock(fields.primary)
                .setLockVersion(fields.startTs)
                .setKey(key)
                .setLockTtl(fields.ttlMs)
                .setTxnSize(fields.txnSize)
                .setLockType(fields.type.op())
                .setLockForUpdateTs(fields.forUpdateTs)
                .setUseAsyncCommit(fields.asyncCommit)
                .setMinCommitTs(fields.minCommitTs)
                .addAllSecondaries(fields.secondaries)
                .build();
    }
}
