package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.codec.kv.BatchCommandsReader;
import io.tikvdirect.codec.wire.MalformedMessageException;
import io.tikvdirect.transport.CallOptions;
import io.tikvdirect.transport.GrpcCall;
import io.tikvdirect.transport.GrpcCallListener;
import io.tikvdirect.transport.GrpcConnection;
import io.tikvdirect.transport.GrpcMethod;
import io.tikvdirect.transport.GrpcStatus;
import io.tikvdirect.transport.GrpcStatusCode;
import io.tikvdirect.transport.Metadata;
import org.jspecify.annotations.Nullable;

/**
 * Confined to its link's event loop. One BatchCommands stream in its one life: a generation. A stream that ends is never
 * revived; the next one has the next number, and nothing of this one can be mistaken for it.
 */
final class BatchStream implements GrpcCallListener {

    private static final GrpcMethod BATCH_COMMANDS = GrpcMethod.of("tikvpb.Tikv", "BatchCommands");

    private final StoreLink link;
    private final LinkStreams streams;
    private final GrpcConnection connection;
    private final ByteBufAllocator allocator;
    private final int generation;
    private final BatchCommandsReader reader = new BatchCommandsReader();
    private final CallOptions options;
    private final GrpcCall call;
    private int open;
    private boolean retired;
    private @Nullable MalformedMessageException broken;

    BatchStream(
            StoreLink link,
            LinkStreams streams,
            GrpcConnection connection,
            CallOptions options,
            ByteBufAllocator allocator,
            int generation) {
        this.link = link;
        this.streams = streams;
        this.connection = connection;
        this.options = options;
        this.allocator = allocator;
        this.generation = generation;
        this.call = connection.start(BATCH_COMMANDS, options, this);
    }

    int generation() {
        return generation;
    }

    GrpcConnection connection() {
        return connection;
    }

    boolean isWritable() {
        return call.isWritable();
    }

    ByteBuf newMessage(int capacityHint) {
        return call.newMessage(capacityHint);
    }

    /** {@return a buffer for a later part of a message (<i>gives</i>)} */
    ByteBuf newPart(int capacityHint) {
        return allocator.directBuffer(capacityHint);
    }

    void send(ByteBuf message) {
        call.send(message);
    }

    void sendParts(ByteBuf[] parts, int count) {
        call.sendParts(parts, count);
    }

    void flush() {
        call.flush();
    }

    /** Sends an operation as a call of its own on the same connection. */
    void sendUnary(Operation operation, long nowNs) {
        new UnaryExchange(link, operation.requestId).start(connection, options, operation, nowNs, allocator);
    }

    /** A request was written to this stream. */
    void opened() {
        open++;
    }

    /** A request of this stream was answered or given up. */
    void settled() {
        open--;
    }

    boolean isIdle() {
        return open == 0;
    }

    /** Ends a stream that nothing waits for. */
    void retire() {
        retired = true;
        call.cancel();
    }

    @Override
    public void onMessage(ByteBuf message) {
        link.onMessageBegin();
        try {
            reader.wrap(message, message.readerIndex(), message.readableBytes());
            int count = reader.count();
            for (int i = 0; i < count; i++) {
                link.onAnswer(
                        this,
                        reader.requestId(i),
                        reader.command(i),
                        message,
                        reader.bodyOffset(i),
                        reader.bodyLength(i));
            }
            link.onLoad(reader.transportLayerLoad());
            streams.onProgress();
        } catch (MalformedMessageException malformed) {
            broken = malformed;
            call.cancel();
        }
        link.onMessageEnd();
    }

    @Override
    public void onWritable() {
        link.onWritable();
    }

    @Override
    public void onClosed(GrpcStatus status) {
        streams.onStreamClosed(this);
        if (!retired) {
            MalformedMessageException cause = broken;
            link.onStreamEnd(
                    generation,
                    cause == null
                            ? status
                            : new GrpcStatus(
                                    GrpcStatusCode.INTERNAL,
                                    String.valueOf(cause.getMessage()),
                                    Metadata.EMPTY,
                                    false,
                                    cause));
        }
    }
}
