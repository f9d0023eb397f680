package io.tikvdirect.client.internal.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;

/** Thread-safe between uses, else as any buffer. A piece where Netty has no Unsafe. */
final class SafePiece extends UnpooledDirectByteBuf implements Pieces.Piece {

    private final Pieces owner;
    private final ByteBuf page;
    private int spare; // bytes of the piece that its present user has not asked for

    SafePiece(ClientMemory memory, Pieces owner, ByteBuf page, ByteBuffer room) {
        super(memory, room, room.remaining());
        this.owner = owner;
        this.page = page;
    }

    @Override
    public ByteBuf reuse(int bytes) {
        resetRefCnt();
        maxCapacity(bytes);
        spare = super.capacity() - bytes;
        return setIndex(0, 0).markReaderIndex().markWriterIndex();
    }

    @Override
    public int capacity() {
        return super.capacity() - spare;
    }

    /** Within the piece: it never grows over the size it was asked for. */
    @Override
    public ByteBuf capacity(int newCapacity) {
        checkNewCapacity(newCapacity);
        spare = super.capacity() - newCapacity;
        if (writerIndex() > newCapacity) {
            setIndex(Math.min(readerIndex(), newCapacity), newCapacity);
        }
        return this;
    }

    @Override
    protected void deallocate() {
        owner.giveBack(this);
    }

    @Override
    public void drop() {
        page.release();
    }
}
