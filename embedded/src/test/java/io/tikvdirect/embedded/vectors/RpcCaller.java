package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonElement;
import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Confined to one replay (answers arrive on gRPC's threads). Calls any RPC of any server by name. */
final class RpcCaller implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 64 << 20;
    /** Far beyond what any recorded exchange took, so that a server that never answers fails its step only. */
    private static final long CALL_TIMEOUT_S = 10;

    private final Map<String, ManagedChannel> channels = new HashMap<>();

    /** Starts a call that sends {@code requests}, closes its half and collects what comes back. */
    CompletableFuture<Answer> start(String address, String service, String rpc, List<JsonElement> requests) {
        var described = RpcCatalog.rpc(service, rpc);
        List<DynamicMessage> messages = requests.stream()
                .map(request -> ProtoJson.message(request, described.getInputType()))
                .toList();
        ClientCall<DynamicMessage, DynamicMessage> call = channel(address)
                .newCall(
                        RpcCatalog.method(described),
                        CallOptions.DEFAULT.withDeadlineAfter(CALL_TIMEOUT_S, TimeUnit.SECONDS));
        Collector collector = new Collector();
        call.start(collector, new Metadata());
        call.request(Integer.MAX_VALUE);
        messages.forEach(call::sendMessage);
        call.halfClose();
        return collector.answer;
    }

    private ManagedChannel channel(String address) {
        return channels.computeIfAbsent(address, key -> NettyChannelBuilder.forTarget(key)
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .build());
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }

    private static final class Collector extends ClientCall.Listener<DynamicMessage> {
        private final List<JsonElement> messages = new ArrayList<>();
        private final CompletableFuture<Answer> answer = new CompletableFuture<>();

        @Override
        public void onMessage(DynamicMessage message) {
            messages.add(ProtoJson.json(message));
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            answer.complete(new Answer(status, messages));
        }
    }
}
