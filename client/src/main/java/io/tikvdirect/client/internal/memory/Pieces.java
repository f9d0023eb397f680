package io.tikvdirect.client.internal.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import java.nio.ByteBuffer;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Buffers of one size, cut from larger ones and used again and again. Each piece owns one reference of the
 * buffer it was cut from; one that is too many is dropped, as all are after {@link #close()}.
 */
final class Pieces {

    private static final int PAGE_BYTES = 64 << 10;

    /** Memory of free pieces that is kept, by size. */
    private static final int MAX_FREE_BYTES = 1 << 20;

    private static final boolean HAS_UNSAFE = hasUnsafe();

    private final ClientMemory memory;
    private final int pieceBytes;
    private volatile @Nullable MpmcVarHandleArrayQueue<Piece> free;
    private volatile boolean closed;

    Pieces(ClientMemory memory, int pieceBytes) {
        this.memory = memory;
        this.pieceBytes = pieceBytes;
    }

    private static boolean hasUnsafe() {
        ByteBuf sample = new UnpooledByteBufAllocator(true, true).directBuffer(1);
        try {
            return sample instanceof UnpooledUnsafeDirectByteBuf;
        } finally {
            sample.release();
        }
    }

    /** An empty buffer with exactly that capacity (<i>gives</i>). */
    ByteBuf take(int bytes) {
        MpmcVarHandleArrayQueue<Piece> queue = free;
        Piece piece = queue == null ? null : queue.poll();
        return (piece == null ? cut() : piece).reuse(bytes);
    }

    private Piece cut() {
        MpmcVarHandleArrayQueue<Piece> queue = queue();
        int count = PAGE_BYTES / pieceBytes;
        ByteBuf page = memory.newPage(PAGE_BYTES);
        page.retain(count - 1);
        for (int i = 1; i < count; i++) {
            giveBack(queue, newPiece(page, i));
        }
        return newPiece(page, 0);
    }

    private MpmcVarHandleArrayQueue<Piece> queue() {
        MpmcVarHandleArrayQueue<Piece> queue = free;
        return queue == null ? newQueue() : queue;
    }

    private synchronized MpmcVarHandleArrayQueue<Piece> newQueue() {
        MpmcVarHandleArrayQueue<Piece> queue = free;
        if (queue == null) {
            queue = new MpmcVarHandleArrayQueue<>(MAX_FREE_BYTES / pieceBytes);
            free = queue;
        }
        return queue;
    }

    private Piece newPiece(ByteBuf page, int index) {
        ByteBuffer room = page.nioBuffer(index * pieceBytes, pieceBytes);
        return HAS_UNSAFE ? new UnsafePiece(memory, this, page, room) : new SafePiece(memory, this, page, room);
    }

    /** Takes a piece that nobody uses any more. */
    void giveBack(Piece piece) {
        giveBack(queue(), piece);
    }

    private void giveBack(MpmcVarHandleArrayQueue<Piece> queue, Piece piece) {
        if (closed || !queue.offer(piece)) {
            piece.drop();
        } else if (closed) {
            dropAll(queue); // close() may have looked before the piece was there
        }
    }

    void close() {
        closed = true;
        MpmcVarHandleArrayQueue<Piece> queue = free;
        if (queue != null) {
            dropAll(queue);
        }
    }

    private static void dropAll(MpmcVarHandleArrayQueue<Piece> queue) {
        for (Piece piece = queue.poll(); piece != null; piece = queue.poll()) {
            piece.drop();
        }
    }

    /** Thread-safe between uses, else as any buffer. */
    interface Piece {

        /** Makes it an empty buffer with that capacity (<i>gives</i>). */
        ByteBuf reuse(int bytes);

        /** Gives its part of the larger buffer back; it must not be used again. */
        void drop();
    }
}
