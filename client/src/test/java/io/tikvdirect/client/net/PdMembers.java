package io.tikvdirect.client.net;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.tikvdirect.proto.pdpb.GetMembersResponse;
import io.tikvdirect.proto.pdpb.Member;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Thread-safe. Several members in front of one PD: the one that leads passes everything on, the others refuse everything
 * but the question who leads, as PD's followers do.
 */
public final class PdMembers implements AutoCloseable {
    /** Number of the leader while nobody leads. */
    public static final int NOBODY = -1;

    private final ManagedChannel pd;
    private final List<Server> servers = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();
    private volatile int leader;

    /**
     * Starts the members; the first one leads.
     *
     * @param pdAddress {@code host:port}
     * @param count how many
     * @throws IOException when there is no port
     */
    public PdMembers(String pdAddress, int count) throws IOException {
        pd = NettyChannelBuilder.forTarget(pdAddress).usePlaintext().build();
        for (int i = 0; i < count; i++) {
            start(i, 0);
            addresses.add("127.0.0.1:" + servers.get(i).getPort());
        }
    }

    private void start(int number, int port) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .fallbackHandlerRegistry(new Relay(number))
                .build()
                .start();
        if (number < servers.size()) {
            servers.set(number, server);
        } else {
            servers.add(server);
        }
    }

    /** {@return all addresses, separated by commas} */
    public String addresses() {
        return String.join(",", addresses);
    }

    /**
     * Makes another member the leader, at once.
     *
     * @param number of the member, or {@link #NOBODY}
     */
    public void lead(int number) {
        leader = number;
    }

    /**
     * Ends a member, with its connections.
     *
     * @param number of the member
     * @throws InterruptedException when interrupted
     */
    public void stop(int number) throws InterruptedException {
        servers.get(number).shutdownNow().awaitTermination();
    }

    /**
     * Starts a member again where it was.
     *
     * @param number of the member
     * @throws IOException when its port is taken
     */
    public void restart(int number) throws IOException {
        String address = addresses.get(number);
        start(number, Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
    }

    @Override
    public void close() {
        servers.forEach(Server::shutdownNow);
        pd.shutdownNow();
    }

    private byte[] withMembers(byte[] answer) {
        try {
            GetMembersResponse.Builder response = GetMembersResponse.parseFrom(answer).toBuilder()
                    .clearMembers()
                    .clearLeader()
                    .clearEtcdLeader();
            for (int i = 0; i < addresses.size(); i++) {
                response.addMembers(Member.newBuilder()
                        .setName("pd-" + i)
                        .setMemberId(i + 1L)
                        .addClientUrls("http://" + addresses.get(i)));
            }
            int leading = leader;
            if (leading != NOBODY) {
                response.setLeader(response.getMembers(leading));
            }
            return response.build().toByteArray();
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    /** Messages as they are. */
    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        MARSHALLER;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    /** One member. */
    private final class Relay extends HandlerRegistry implements ServerCallHandler<byte[], byte[]> {
        private final int number;

        Relay(int number) {
            this.number = number;
        }

        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String method, String authority) {
            return ServerMethodDefinition.create(
                    MethodDescriptor.newBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER)
                            .setFullMethodName(method)
                            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                            .build(),
                    this);
        }

        @Override
        public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> asked, Metadata headers) {
            boolean isAboutMembers =
                    asked.getMethodDescriptor().getFullMethodName().endsWith("/GetMembers");
            if (number != leader && !isAboutMembers) {
                asked.close(Status.UNAVAILABLE.withDescription("not leader"), new Metadata());
                return new ServerCall.Listener<>() {};
            }
            ClientCall<byte[], byte[]> passed = pd.newCall(asked.getMethodDescriptor(), CallOptions.DEFAULT);
            passed.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onHeaders(Metadata answered) {
                            asked.sendHeaders(answered);
                        }

                        @Override
                        public void onMessage(byte[] answer) {
                            asked.sendMessage(isAboutMembers ? withMembers(answer) : answer);
                            passed.request(1);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            asked.close(status, trailers);
                        }
                    },
                    new Metadata());
            passed.request(1);
            asked.request(1);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(byte[] request) {
                    passed.sendMessage(request);
                    asked.request(1);
                }

                @Override
                public void onHalfClose() {
                    passed.halfClose();
                }

                @Override
                public void onCancel() {
                    passed.cancel("the client has left", null);
                }
            };
        }
    }
}
