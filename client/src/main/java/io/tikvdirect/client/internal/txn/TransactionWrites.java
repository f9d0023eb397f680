package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.EntryTooLargeException;
import io.tikvdirect.client.txn.KeyExistsException;
import io.tikvdirect.client.txn.Savepoint;
import io.tikvdirect.client.txn.SizeLimits;
import io.tikvdirect.client.txn.TransactionTooLargeException;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Guarded by the guard of its transaction, but for what says otherwise. What a transaction has written and not committed:
 * in its buffer, and when it is pipelined in the one that is being flushed and in the stores.
 */
final class TransactionWrites {

    private final TxnEngine engine;
    private final Object guard;
    private final @Nullable Pipeline pipeline;
    private final SizeLimits limits;
    private WriteBuffer buffer;
    private boolean isForOthers;

    TransactionWrites(TxnEngine engine, Object guard, @Nullable Pipeline pipeline, SizeLimits limits) {
        this.limits = limits;
        this.engine = engine;
        this.guard = guard;
        this.pipeline = pipeline;
        this.buffer = pipeline == null ? engine.spareBuffers().take() : new WriteBuffer(engine.allocator());
    }

    WriteBuffer buffer() {
        return buffer;
    }

    @Nullable
    Pipeline pipeline() {
        return pipeline;
    }

    /** A place in the undo log of one buffer. */
    record Mark(TransactionWrites of, int checkpoint) implements Savepoint {}

    /** A key as it was written here; {@code value} null: deleted. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    record Written(byte @Nullable [] value) {
        static final Written DELETED = new Written(null);
    }

    /** What was written to a key, as far as this client still has it; null: nothing. */
    @Nullable
    Written find(byte[] key) {
        Written own = find(buffer, key);
        WriteBuffer flushing = pipeline == null ? null : pipeline.flushing();
        return own == null && flushing != null ? find(flushing, key) : own;
    }

    private static @Nullable Written find(WriteBuffer in, byte[] key) {
        return find(in, in::address, key);
    }

    /** What was written to a key, as far as it is at the addresses given. */
    static @Nullable Written find(WriteBuffer in, IntUnaryOperator addresses, byte[] key) {
        int node = in.find(key);
        int address = node == WriteBuffer.NONE ? WriteBuffer.NO_VALUE : addresses.applyAsInt(node);
        if (address == WriteBuffer.NO_VALUE) {
            return null;
        }
        return address == WriteBuffer.TOMBSTONE ? Written.DELETED : new Written(in.valueAt(address));
    }

    /** Refuses what would become too large. */
    private void checkSize(byte[] key, int valueLength) {
        long bytes = key.length + (long) valueLength;
        if (bytes > limits.entryBytes()) {
            throw new EntryTooLargeException(
                    bytes,
                    limits.entryBytes(),
                    details("write").key(engine.errors().show(key)).build());
        }
        if (limits.totalBytes() == Long.MAX_VALUE) {
            return;
        }
        int node = buffer.find(key);
        boolean isEntry = node != WriteBuffer.NONE && buffer.isEntry(node);
        long total = buffer.dataBytes() + bytes - (isEntry ? key.length + (long) buffer.valueLength(node) : 0);
        if (total > limits.totalBytes() && total > buffer.dataBytes()) {
            throw new TransactionTooLargeException(
                    total, limits.totalBytes(), details("write").build());
        }
    }

    private static FailureDetails.Builder details(String what) {
        return FailureDetails.of(what);
    }

    void put(byte[] key, byte[] value) {
        checkSize(key, value.length);
        buffer.put(key, value, 0, 0);
    }

    void insert(byte[] key, byte[] value) {
        checkSize(key, value.length);
        Written own = find(key);
        if (own != null && own.value() != null) {
            throw new KeyExistsException(
                    "this transaction has written the key already",
                    details("insert").key(engine.errors().show(key)).build(),
                    null);
        }
        buffer.put(key, value, own == null ? WriteBuffer.PRESUME_NOT_EXISTS : 0, 0);
    }

    /** The key must not exist when the transaction commits; for one that is not written here. */
    void requireAbsent(byte[] key) {
        if (find(key) != null) {
            throw new InvalidArgumentException("this transaction has written the key itself");
        }
        checkSize(key, 0);
        buffer.delete(key, WriteBuffer.PRESUME_NOT_EXISTS, 0);
    }

    /** The first key that is not as expected, by what lock calls have told (TXN-15); null: none. */
    byte @Nullable [] unexpected() {
        for (int node = buffer.first(); node != WriteBuffer.NONE; node = buffer.next(node)) {
            int flags = buffer.flags(node);
            boolean missed = (flags & WriteBuffer.EXPECT_PRESENT) != 0 && (flags & WriteBuffer.MISSING) != 0;
            if (missed || ((flags & WriteBuffer.EXPECT_ABSENT) != 0 && (flags & WriteBuffer.FOUND) != 0)) {
                return buffer.key(node);
            }
        }
        return null;
    }

    void delete(byte[] key) {
        checkSize(key, 0);
        buffer.delete(key, 0, 0);
    }

    void expect(byte[] key, boolean present) {
        buffer.flag(
                key,
                present ? WriteBuffer.EXPECT_PRESENT : WriteBuffer.EXPECT_ABSENT,
                present ? WriteBuffer.EXPECT_ABSENT : WriteBuffer.EXPECT_PRESENT);
    }

    /** Keys written; those that were flushed are counted each time they were. */
    int size() {
        return pipeline == null
                ? buffer.size()
                : (int) Math.min(Integer.MAX_VALUE, pipeline.flushedKeys() + buffer.size());
    }

    long bytes() {
        return buffer.dataBytes() + (pipeline == null ? 0 : pipeline.flushedBytes());
    }

    Savepoint savepoint() {
        if (pipeline != null) {
            throw new IllegalStateException("a pipelined transaction cannot undo a part of its writes");
        }
        return new Mark(this, buffer.checkpoint());
    }

    void rollbackTo(Savepoint savepoint) {
        buffer.revert(mark(savepoint).checkpoint());
    }

    private Mark mark(Savepoint savepoint) {
        if (savepoint instanceof Mark mark && mark.of() == this) {
            return mark;
        }
        throw new InvalidArgumentException("the savepoint is of another transaction");
    }

    /** What was written up to a savepoint. */
    EarlierWrites before(Savepoint savepoint) {
        Mark mark = mark(savepoint);
        if (mark.checkpoint() > buffer.undo().size()) {
            throw new InvalidArgumentException("the transaction was rolled back to before this savepoint");
        }
        return new EarlierWrites(buffer, mark.checkpoint());
    }

    /**
     * Hands the buffer over to be flushed when it is full and nothing else is being flushed.
     *
     * @return what to run outside of the guard; null: nothing
     */
    @Nullable
    Runnable flushIfFull() {
        return pipeline != null && pipeline.wants(buffer) ? handOver(pipeline) : null;
    }

    private Runnable handOver(Pipeline to) {
        WriteBuffer full = buffer;
        buffer = new WriteBuffer(engine.allocator());
        return to.take(full);
    }

    /** Waits, or refuses, when as much is written and being flushed as memory may hold; called outside of the guard. */
    void awaitRoom(long timeoutNs, boolean mayBlock) {
        if (pipeline == null) {
            return;
        }
        boolean isFull;
        synchronized (guard) {
            isFull = pipeline.isFull(buffer);
        }
        if (isFull && !mayBlock) {
            throw new BackpressureException(
                    "the transaction writes faster than it is flushed; wait for flush()",
                    details("flush").build(),
                    null);
        }
        if (isFull) {
            Faces.<Boolean>await(engine, timeoutNs, pipeline::whenIdle);
        }
    }

    /** Flushes what is written, and waits for all flushes; called outside of the guard. */
    void flush(Promise<Boolean> promise) {
        Pipeline to = pipeline;
        if (to == null) {
            promise.succeed(false);
        } else {
            to.whenIdle(TxnEngine.promise(idle -> flushNow(to, promise), promise::fail));
        }
    }

    private void flushNow(Pipeline to, Promise<Boolean> promise) {
        Runnable flush = null;
        synchronized (guard) {
            if (to.isIdle()) {
                flush = handOver(to);
            }
        }
        if (flush != null) {
            flush.run();
        }
        to.whenIdle(promise);
    }

    /** Keys of an optimistic transaction that count as written for others, while their values stay (PES-01). */
    void lock(List<byte[]> keys) {
        keys.forEach(key -> buffer.flag(key, WriteBuffer.LOCKED, 0));
    }

    /** All of it is committed: nothing reads the buffer once it is closed, and another transaction may have it. */
    void leaveBufferToOthers() {
        isForOthers = true;
    }

    void close() {
        WriteBuffer ended = buffer;
        buffer = WriteBuffer.CLOSED;
        ended.close();
        if (isForOthers && pipeline == null && ended.isReusable()) {
            engine.spareBuffers().giveBack(ended);
        }
        if (pipeline != null) {
            pipeline.stop();
        }
    }
}
