package io.tikvdirect.transport;

/** Confined to its connection's event loop: whether a call may send more, and whether its owner waits to be told. */
final class Writability {
    private final ConnectionWriter writer;
    private final long highWaterMark;
    private boolean wanted;

    Writability(final ConnectionWriter writer, final long highWaterMark) {
        this.writer = writer;
        this.highWaterMark = highWaterMark;
    }

    /** Whether more may be sent; who hears no is told later. */
    boolean ask(final boolean isOpen, final long waitingBytes) {
        final boolean writable = isOpen && waitingBytes < highWaterMark && writer.isWritable();
        wanted |= !writable;
        return writable;
    }

    /** Whether its owner is to be told now that there is room again. */
    boolean takeReturn(final boolean isOpen, final long waitingBytes) {
        final boolean returned = wanted && isOpen && waitingBytes <= highWaterMark / 2 && writer.isWritable();
        wanted &= !returned;
        return returned;
    }
}
