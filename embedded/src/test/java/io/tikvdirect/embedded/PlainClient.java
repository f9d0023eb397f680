package io.tikvdirect.embedded;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.tikvdirect.proto.kvrpcpb.APIVersion;
import io.tikvdirect.proto.kvrpcpb.Context;
import io.tikvdirect.proto.kvrpcpb.RawGetRequest;
import io.tikvdirect.proto.kvrpcpb.RawGetResponse;
import io.tikvdirect.proto.kvrpcpb.RawPutRequest;
import io.tikvdirect.proto.kvrpcpb.RawPutResponse;
import io.tikvdirect.proto.metapb.Peer;
import io.tikvdirect.proto.metapb.RegionEpoch;
import io.tikvdirect.proto.tikvpb.BatchCommandsRequest;
import io.tikvdirect.proto.tikvpb.BatchCommandsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Thread-safe. A plain grpc-java client of one server, without any logic of its own. */
final class PlainClient implements AutoCloseable {
    private static final int MAX_MESSAGE_BYTES = 64 << 20;
    private static final long DEADLINE_SECONDS = 60;

    private final ManagedChannel channel;

    PlainClient(String address) {
        channel = NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .build();
    }

    static PlainClient ofPd(EmbeddedCluster cluster) {
        return new PlainClient(cluster.pdAddresses().get(0));
    }

    static PlainClient ofStore(EmbeddedCluster cluster, int index) {
        return new PlainClient(cluster.stores().get(index).address());
    }

    Channel channel() {
        return channel;
    }

    <Q extends Message, R extends Message> R call(String service, String rpc, Q request, R response) {
        return ClientCalls.blockingUnaryCall(
                channel,
                method(service, rpc, MethodType.UNARY, request, response),
                CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS),
                request);
    }

    <Q extends Message, R extends Message> R tikv(String rpc, Q request, R response) {
        return call("tikvpb.Tikv", rpc, request, response);
    }

    <Q extends Message, R extends Message> R pd(String rpc, Q request, R response) {
        return call("pdpb.PD", rpc, request, response);
    }

    static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(
            String service, String rpc, MethodType type, Q request, R response) {
        @SuppressWarnings("unchecked")
        Q requestDefault = (Q) request.getDefaultInstanceForType();
        @SuppressWarnings("unchecked")
        R responseDefault = (R) response.getDefaultInstanceForType();
        return MethodDescriptor.<Q, R>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, rpc))
                .setRequestMarshaller(ProtoUtils.marshaller(requestDefault))
                .setResponseMarshaller(ProtoUtils.marshaller(responseDefault))
                .build();
    }

    /** What a streaming call received. */
    record Stream<Q, R>(ClientCall<Q, R> call, BlockingQueue<R> messages, BlockingQueue<Status> end) {
        void send(Q request) {
            call.sendMessage(request);
        }

        R next() throws InterruptedException {
            R message = messages.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no answer, end: " + end.peek());
            }
            return message;
        }

        Status status() throws InterruptedException {
            Status status = end.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (status == null) {
                throw new AssertionError("the stream did not end");
            }
            return status;
        }
    }

    <Q extends Message, R extends Message> Stream<Q, R> stream(String service, String rpc, Q request, R response) {
        ClientCall<Q, R> call = channel.newCall(
                method(service, rpc, MethodType.BIDI_STREAMING, request, response), CallOptions.DEFAULT);
        Stream<Q, R> stream = new Stream<>(call, new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(R message) {
                        stream.messages.add(message);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        stream.end.add(status);
                    }
                },
                new Metadata());
        call.request(Integer.MAX_VALUE);
        return stream;
    }

    Stream<BatchCommandsRequest, BatchCommandsResponse> batchCommands() {
        return stream(
                "tikvpb.Tikv",
                "BatchCommands",
                BatchCommandsRequest.getDefaultInstance(),
                BatchCommandsResponse.getDefaultInstance());
    }

    /** All answers to one message, in the order of arrival. */
    static List<BatchCommandsResponse.Response> answers(
            Stream<BatchCommandsRequest, BatchCommandsResponse> stream, BatchCommandsRequest message)
            throws InterruptedException {
        stream.send(message);
        List<BatchCommandsResponse.Response> answers = new ArrayList<>();
        while (answers.size() < message.getRequestIdsCount()) {
            answers.addAll(stream.next().getResponsesList());
        }
        return answers;
    }

    RawGetResponse get(Context context, String key) {
        return tikv(
                "RawGet",
                RawGetRequest.newBuilder()
                        .setContext(context)
                        .setKey(bytes(key))
                        .build(),
                RawGetResponse.getDefaultInstance());
    }

    RawPutResponse put(Context context, String key, String value) {
        return tikv(
                "RawPut",
                RawPutRequest.newBuilder()
                        .setContext(context)
                        .setKey(bytes(key))
                        .setValue(bytes(value))
                        .build(),
                RawPutResponse.getDefaultInstance());
    }

    static ByteString bytes(String text) {
        return ByteString.copyFrom(text, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    static byte[] raw(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** The context of a request to the leader of {@code region}. */
    static Context context(EmbeddedCluster cluster, EmbeddedRegion region) {
        return context(cluster, region, region.leaderStoreId());
    }

    /** The context of a request to the replica of {@code region} on {@code store}. */
    static Context context(EmbeddedCluster cluster, EmbeddedRegion region, long store) {
        EmbeddedPeer peer = region.peers().stream()
                .filter(candidate -> candidate.storeId() == store)
                .findFirst()
                .orElseThrow();
        return Context.newBuilder()
                .setRegionId(region.id())
                .setRegionEpoch(
                        RegionEpoch.newBuilder().setConfVer(region.confVer()).setVersion(region.version()))
                .setPeer(Peer.newBuilder().setId(peer.id()).setStoreId(store))
                .setApiVersion(cluster.apiVersion() == EmbeddedApiVersion.V2 ? APIVersion.V2 : APIVersion.V1)
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(DEADLINE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
