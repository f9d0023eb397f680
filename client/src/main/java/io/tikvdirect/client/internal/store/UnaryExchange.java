package io.tikvdirect.client.internal.store;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.kv.UnaryRequestEncoder;
import io.tikvdirect.transport.CallOptions;
import io.tikvdirect.transport.GrpcCall;
import io.tikvdirect.transport.GrpcCallListener;
import io.tikvdirect.transport.GrpcConnection;
import io.tikvdirect.transport.GrpcMethod;
import io.tikvdirect.transport.GrpcStatus;

/**
 * Confined to its link's event loop. One operation that travels as a call of its own, because BatchCommands does not carry
 * it. The operation stays in the link's in-flight table like any other, so that deadlines and closing see it.
 */
@SuppressWarnings("EnumOrdinal") // an index within this class
final class UnaryExchange implements GrpcCallListener {

    private static final GrpcMethod[] METHODS = methods();

    private final StoreLink link;
    private final long id;
    private boolean answered;

    UnaryExchange(StoreLink link, long id) {
        this.link = link;
        this.id = id;
    }

    private static GrpcMethod[] methods() {
        OperationKind[] kinds = OperationKind.values();
        GrpcMethod[] methods = new GrpcMethod[kinds.length];
        for (OperationKind kind : kinds) {
            methods[kind.ordinal()] = GrpcMethod.of("tikvpb.Tikv", kind.method());
        }
        return methods;
    }

    void start(
            GrpcConnection connection,
            CallOptions common,
            Operation operation,
            long nowNs,
            ByteBufAllocator allocator) {
        CallOptions options = common.withDeadlineNs(operation.deadlineNs());
        ByteBuf request = request(operation, nowNs, allocator);
        GrpcCall call = connection.start(METHODS[operation.kind().ordinal()], options, this);
        call.sendLast(request);
        call.flush();
    }

    private static ByteBuf request(Operation operation, long nowNs, ByteBufAllocator allocator) {
        if (!operation.kind().hasContext()) {
            ByteBuf bare = operation.body();
            return allocator.directBuffer(Math.max(1, bare.readableBytes())).writeBytes(bare.slice());
        }
        Region region = operation.requireRegion();
        byte[] options = operation.contextOptions();
        long maxMs = BatchWriter.executionLimitMs(operation, nowNs);
        boolean retry = operation.attempts() > 1;
        ByteBuf body = operation.body();
        int contextLength = UnaryRequestEncoder.contextLength(region.context(), options, maxMs, retry);
        int size = UnaryRequestEncoder.requestSize(contextLength, body.readableBytes());
        ByteBuf request = allocator.directBuffer(size, size);
        UnaryRequestEncoder.writeHead(request, region.context(), options, maxMs, retry);
        Bytes.writeConfined(request, body, body.readerIndex(), body.readableBytes());
        return request;
    }

    @Override
    public void onMessage(ByteBuf message) {
        if (!answered) {
            answered = true;
            link.onUnaryAnswer(id, message);
            link.onMessageEnd();
        }
    }

    @Override
    public void onClosed(GrpcStatus status) {
        link.onUnaryFailure(id, status);
    }
}
