package io.tikvdirect.transport;

import io.netty.buffer.ByteBuf;

/**
 * Confined to its connection's event loop: one gRPC call of any of the four kinds.
 *
 * <p>Messages given to {@code send} are written at once when the windows of the peer allow and wait otherwise; nothing
 * reaches the socket before {@link #flush()} or the end of the read that is being handled. Every method may be called
 * after the call has ended: buffers are then released and nothing else happens.
 */
public interface GrpcCall {
    /**
     * A direct buffer with room for a frame header and the message prefix in front of its reader index: a message that
     * is written into it and fits one DATA frame leaves as one contiguous write.
     *
     * @param capacityHint expected message bytes
     * @return gives; either {@code send} it or release it
     * @throws OutOfMemoryError when there is no direct memory; nothing has happened to the call then
     */
    ByteBuf newMessage(int capacityHint);

    /**
     * Sends one message.
     *
     * @param message takes; the readable bytes are the message. Best made by {@link #newMessage}; any buffer works
     * @return false when the call is over or was half-closed, or fails now because more than
     *     {@link TransportOptions#maxPendingBytesPerCall()} would wait, or with its connection because there is no memory
     *     to frame the message
     */
    boolean send(ByteBuf message);

    /**
     * Sends one message and half-closes, in one frame when it fits.
     *
     * @param message takes
     * @return as {@link #send}
     */
    boolean sendLast(ByteBuf message);

    /**
     * Sends one message that lies in several buffers, by reference.
     *
     * @param parts borrows the array and takes the buffers; the first one is best made by {@link #newMessage}
     * @param count buffers in the array, at least 1
     * @return as {@link #send}
     */
    boolean sendParts(ByteBuf[] parts, int count);

    /** No more messages will be sent. What waits is still sent. */
    void halfClose();

    /** Ends the call now with CANCELLED; the server is told. {@code onClosed} is called before this returns. */
    void cancel();

    /** Hands what was written to the socket; while a read is being handled, at its end. */
    void flush();

    /**
     * Lets more messages be delivered. May deliver messages that have already arrived before it returns.
     *
     * @param messages at least 1; {@link CallOptions#UNLIMITED} lifts the limit
     */
    void request(int messages);

    /**
     * Whether more should be sent now. After false, {@link GrpcCallListener#onWritable()} follows.
     *
     * @return false while much is waiting, or when the call is over
     */
    boolean isWritable();

    /**
     * Bytes of this call that wait for the peer's windows or for the socket.
     *
     * @return bytes, prefixes included
     */
    long pendingBytes();

    /**
     * Whether the call is over.
     *
     * @return true once the status is decided
     */
    boolean isClosed();
}
