package io.tikvdirect.client.internal.pd;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.tikvdirect.proto.pdpb.GetAllStoresRequest;
import io.tikvdirect.proto.pdpb.GetAllStoresResponse;
import io.tikvdirect.proto.pdpb.GetMembersRequest;
import io.tikvdirect.proto.pdpb.GetMembersResponse;
import io.tikvdirect.proto.pdpb.Member;
import io.tikvdirect.proto.pdpb.ResponseHeader;
import io.tikvdirect.proto.pdpb.TsoRequest;
import io.tikvdirect.proto.pdpb.TsoResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Thread-safe. A PD that can be made to lie, to fall silent and to lose its leadership. */
final class ScriptedPd implements AutoCloseable {
    private static final long CLUSTER_ID = 42;

    private static final MethodDescriptor<GetMembersRequest, GetMembersResponse> GET_MEMBERS =
            MethodDescriptor.<GetMembersRequest, GetMembersResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("pdpb.PD/GetMembers")
                    .setRequestMarshaller(ProtoUtils.marshaller(GetMembersRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(GetMembersResponse.getDefaultInstance()))
                    .build();
    private static final MethodDescriptor<GetAllStoresRequest, GetAllStoresResponse> GET_ALL_STORES =
            MethodDescriptor.<GetAllStoresRequest, GetAllStoresResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("pdpb.PD/GetAllStores")
                    .setRequestMarshaller(ProtoUtils.marshaller(GetAllStoresRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(GetAllStoresResponse.getDefaultInstance()))
                    .build();
    private static final MethodDescriptor<TsoRequest, TsoResponse> TSO =
            MethodDescriptor.<TsoRequest, TsoResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName("pdpb.PD/Tso")
                    .setRequestMarshaller(ProtoUtils.marshaller(TsoRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(TsoResponse.getDefaultInstance()))
                    .build();

    private static final AtomicLong LOGICAL = new AtomicLong();

    private final Server server;
    private final String address;
    private final AtomicInteger streams = new AtomicInteger();
    private final List<StreamObserver<TsoResponse>> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile List<ScriptedPd> members = List.of();
    private volatile ScriptedPd leader = this;
    private volatile long physical = 1;
    private volatile int surplus;
    private volatile boolean silent;
    private final List<Runnable> held = new ArrayList<>();
    private boolean holding;

    ScriptedPd() throws IOException {
        final ServerServiceDefinition service = ServerServiceDefinition.builder("pdpb.PD")
                .addMethod(GET_MEMBERS, ServerCalls.asyncUnaryCall(this::members))
                .addMethod(GET_ALL_STORES, ServerCalls.asyncUnaryCall(this::stores))
                .addMethod(TSO, ServerCalls.asyncBidiStreamingCall(this::timestamps))
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service)
                .build()
                .start();
        address = "127.0.0.1:" + server.getPort();
    }

    String address() {
        return address;
    }

    void leader(final ScriptedPd named) {
        leader = named;
    }

    /** Makes members name each other, and this one their leader. */
    static void elect(final ScriptedPd leader, final ScriptedPd... members) {
        for (final ScriptedPd member : members) {
            member.members = List.of(members);
            member.leader = leader;
        }
    }

    /** Questions that this one answered as leader. */
    int served() {
        return served.get();
    }

    /** Questions that this one refused because another one leads. */
    int refused() {
        return refused.get();
    }

    /** Requests for timestamps, however many each asks for. */
    int requests() {
        return requests.get();
    }

    void physical(final long milliseconds) {
        physical = milliseconds;
    }

    void surplus(final int count) {
        surplus = count;
    }

    void silent(final boolean quiet) {
        silent = quiet;
    }

    /** Keeps timestamps back until {@link #release}. */
    synchronized void hold() {
        holding = true;
    }

    synchronized void release() {
        holding = false;
        held.forEach(Runnable::run);
        held.clear();
    }

    private synchronized void give(final Runnable answer) {
        if (holding) {
            held.add(answer);
        } else {
            answer.run();
        }
    }

    int streams() {
        return streams.get();
    }

    /** As PD does that has lost its leadership. */
    void stepDown() {
        open.forEach(stream ->
                stream.onError(Status.UNKNOWN.withDescription("not leader").asRuntimeException()));
        open.clear();
    }

    private void members(final GetMembersRequest request, final StreamObserver<GetMembersResponse> answer) {
        final List<ScriptedPd> known = members.isEmpty() ? List.of(leader) : members;
        answer.onNext(GetMembersResponse.newBuilder()
                .setHeader(header())
                .addAllMembers(known.stream().map(ScriptedPd::member).toList())
                .setLeader(leader.member())
                .build());
        answer.onCompleted();
    }

    private Member member() {
        return Member.newBuilder()
                .setName("pd")
                .addClientUrls("http://" + address())
                .build();
    }

    private void stores(final GetAllStoresRequest request, final StreamObserver<GetAllStoresResponse> answer) {
        if (leader != this) {
            refused.incrementAndGet();
            answer.onError(
                    Status.UNAVAILABLE.withDescription("PD is not leader").asRuntimeException());
            return;
        }
        served.incrementAndGet();
        answer.onNext(GetAllStoresResponse.newBuilder().setHeader(header()).build());
        answer.onCompleted();
    }

    private static ResponseHeader header() {
        return ResponseHeader.newBuilder().setClusterId(CLUSTER_ID).build();
    }

    private StreamObserver<TsoRequest> timestamps(final StreamObserver<TsoResponse> answers) {
        streams.incrementAndGet();
        open.add(answers);
        return new StreamObserver<>() {
            @Override
            public void onNext(final TsoRequest request) {
                requests.incrementAndGet();
                if (!silent) {
                    give(() -> answers.onNext(answer(request.getCount())));
                }
            }

            @Override
            public void onError(final Throwable failure) {
                open.remove(answers);
            }

            @Override
            public void onCompleted() {
                open.remove(answers);
                answers.onCompleted();
            }
        };
    }

    private TsoResponse answer(final int count) {
        final TsoResponse.Builder response =
                TsoResponse.newBuilder().setHeader(header()).setCount(count + surplus);
        response.getTimestampBuilder().setPhysical(physical).setLogical(LOGICAL.addAndGet(count));
        return response.build();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
