package io.tikvdirect.client.internal.txn;

import io.tikvdirect.client.BackpressureException;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.InvalidArgumentException;
import io.tikvdirect.client.internal.call.Promise;
import io.tikvdirect.client.txn.KeyExistsException;
import io.tikvdirect.client.txn.Savepoint;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Guarded by the guard of its transaction, but for what says otherwise. What a transaction has written and not committed:
 * in its buffer, and when it is pipelined in the one that is being flushed and in the stores.
 */
final class TransactionWrites {

    private final TxnEngine engine;
    private final ReentrantLock guard;
    private final @Nullable Pipeline pipeline;
    private WriteBuffer buffer;

    TransactionWrites(TxnEngine engine, ReentrantLock guard, @Nullable Pipeline pipeline) {
        this.engine = engine;
        this.guard = guard;
        this.pipeline = pipeline;
        this.buffer = new WriteBuffer(engine.allocator());
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
        int node = in.find(key);
        if (node == WriteBuffer.NONE || !in.isEntry(node)) {
            return null;
        }
        return in.isTombstone(node) ? Written.DELETED : new Written(in.value(node));
    }

    void put(byte[] key, byte[] value) {
        buffer.put(key, value, 0, 0);
    }

    void insert(byte[] key, byte[] value) {
        Written own = find(key);
        if (own != null && own.value() != null) {
            throw new KeyExistsException(
                    "this transaction has written the key already",
                    FailureDetails.of("insert").key(engine.errors().show(key)).build(),
                    null);
        }
        buffer.put(key, value, own == null ? WriteBuffer.PRESUME_NOT_EXISTS : 0, 0);
    }

    void delete(byte[] key) {
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
        if (!(savepoint instanceof Mark mark) || mark.of() != this) {
            throw new InvalidArgumentException("the savepoint is of another transaction");
        }
        buffer.revert(mark.checkpoint());
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
        guard.lock();
        try {
            isFull = pipeline.isFull(buffer);
        } finally {
            guard.unlock();
        }
        if (isFull && !mayBlock) {
            throw new BackpressureException(
                    "the transaction writes faster than it is flushed; wait for flush()",
                    FailureDetails.of("flush").build(),
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
        guard.lock();
        try {
            if (to.isIdle()) {
                flush = handOver(to);
            }
        } finally {
            guard.unlock();
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

    void close() {
        buffer.close();
        if (pipeline != null) {
            pipeline.stop();
        }
    }
}
