package io.tikvdirect.transport;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Thread-safe: a grpc-java server, in other words an HTTP/2 that is not ours, with methods of all four kinds. */
final class EchoServer implements AutoCloseable {
    static final GrpcMethod ECHO = GrpcMethod.of("test.Echo", "Unary");
    static final GrpcMethod ECHO_GZIP = GrpcMethod.of("test.Echo", "Gzip");
    static final GrpcMethod FAIL = GrpcMethod.of("test.Echo", "Fail");
    static final GrpcMethod SILENT = GrpcMethod.of("test.Echo", "Silent");
    static final GrpcMethod COUNT = GrpcMethod.of("test.Echo", "Count");
    static final GrpcMethod SUM = GrpcMethod.of("test.Echo", "Sum");
    static final GrpcMethod CHAT = GrpcMethod.of("test.Echo", "Chat");
    static final GrpcMethod SLOW_READER = GrpcMethod.of("test.Echo", "SlowReader");

    static final Metadata.Key<String> TEXT = Metadata.Key.of("x-text", Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<byte[]> BINARY = Metadata.Key.of("x-data-bin", Metadata.BINARY_BYTE_MARSHALLER);

    final Server server;
    final ConcurrentLinkedQueue<String> cancelled = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<Metadata> requestHeaders = new ConcurrentLinkedQueue<>();
    final Semaphore slowReaderPermits = new Semaphore(0);

    EchoServer() {
        this(NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    }

    EchoServer(final NettyServerBuilder builder) {
        try {
            server = builder.maxInboundMessageSize(256 << 20)
                    .addService(ServerInterceptors.intercept(service(), new HeaderEcho()))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() throws InterruptedException {
        server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("test.Echo")
                .addMethod(method("Unary", MethodDescriptor.MethodType.UNARY), ServerCalls.asyncUnaryCall(this::unary))
                .addMethod(method("Gzip", MethodDescriptor.MethodType.UNARY), ServerCalls.asyncUnaryCall(this::gzip))
                .addMethod(method("Fail", MethodDescriptor.MethodType.UNARY), ServerCalls.asyncUnaryCall(this::fail))
                .addMethod(
                        method("Silent", MethodDescriptor.MethodType.UNARY), ServerCalls.asyncUnaryCall(this::silent))
                .addMethod(
                        method("Count", MethodDescriptor.MethodType.SERVER_STREAMING),
                        ServerCalls.asyncServerStreamingCall(this::count))
                .addMethod(
                        method("Sum", MethodDescriptor.MethodType.CLIENT_STREAMING),
                        ServerCalls.asyncClientStreamingCall(this::sum))
                .addMethod(
                        method("Chat", MethodDescriptor.MethodType.BIDI_STREAMING),
                        ServerCalls.asyncBidiStreamingCall(this::chat))
                .addMethod(
                        method("SlowReader", MethodDescriptor.MethodType.CLIENT_STREAMING),
                        ServerCalls.asyncClientStreamingCall(this::slowReader))
                .build();
    }

    private void unary(final byte[] request, final StreamObserver<byte[]> out) {
        out.onNext(request);
        out.onCompleted();
    }

    private void gzip(final byte[] request, final StreamObserver<byte[]> out) {
        ((ServerCallStreamObserver<byte[]>) out).setCompression("gzip");
        unary(request, out);
    }

    private void fail(final byte[] request, final StreamObserver<byte[]> out) {
        final Metadata trailers = new Metadata();
        trailers.put(TEXT, "from-trailers");
        final int code = request[0];
        final String text = new String(request, 1, request.length - 1, StandardCharsets.UTF_8);
        out.onError(new StatusRuntimeException(Status.fromCodeValue(code).withDescription(text), trailers));
    }

    private void silent(final byte[] request, final StreamObserver<byte[]> out) {
        ((ServerCallStreamObserver<byte[]>) out).setOnCancelHandler(() -> cancelled.add("Silent"));
    }

    /** Request: count and size; answers with so many messages of that size, honouring back-pressure. */
    private void count(final byte[] request, final StreamObserver<byte[]> out) {
        final ByteBuffer arguments = ByteBuffer.wrap(request);
        final int count = arguments.getInt();
        final int size = arguments.getInt();
        final ServerCallStreamObserver<byte[]> observer = (ServerCallStreamObserver<byte[]>) out;
        final int[] sent = {0};
        observer.setOnCancelHandler(() -> cancelled.add("Count"));
        observer.setOnReadyHandler(() -> {
            while (observer.isReady() && sent[0] < count) {
                final byte[] message = new byte[size];
                if (size >= 4) {
                    ByteBuffer.wrap(message).putInt(sent[0]);
                }
                sent[0]++;
                observer.onNext(message);
                if (sent[0] == count) {
                    observer.onCompleted();
                }
            }
        });
    }

    private StreamObserver<byte[]> sum(final StreamObserver<byte[]> out) {
        return new StreamObserver<>() {
            private long bytes;

            @Override
            public void onNext(final byte[] message) {
                bytes += message.length;
            }

            @Override
            public void onError(final Throwable failure) {
                cancelled.add("Sum");
            }

            @Override
            public void onCompleted() {
                out.onNext(ByteBuffer.allocate(8).putLong(bytes).array());
                out.onCompleted();
            }
        };
    }

    private StreamObserver<byte[]> chat(final StreamObserver<byte[]> out) {
        return new StreamObserver<>() {
            @Override
            public void onNext(final byte[] message) {
                out.onNext(message);
            }

            @Override
            public void onError(final Throwable failure) {
                cancelled.add("Chat");
            }

            @Override
            public void onCompleted() {
                out.onCompleted();
            }
        };
    }

    /** Reads one message per permit. */
    private StreamObserver<byte[]> slowReader(final StreamObserver<byte[]> out) {
        final StreamObserver<byte[]> summing = sum(out);
        return new StreamObserver<>() {
            @Override
            public void onNext(final byte[] message) {
                slowReaderPermits.acquireUninterruptibly();
                summing.onNext(message);
            }

            @Override
            public void onError(final Throwable failure) {
                cancelled.add("SlowReader");
            }

            @Override
            public void onCompleted() {
                summing.onCompleted();
            }
        };
    }

    private static MethodDescriptor<byte[], byte[]> method(final String name, final MethodDescriptor.MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName("test.Echo/" + name)
                .setRequestMarshaller(Bytes.INSTANCE)
                .setResponseMarshaller(Bytes.INSTANCE)
                .build();
    }

    /** Sends the custom request metadata back as response headers. */
    private final class HeaderEcho implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                final ServerCall<A, B> call, final Metadata headers, final ServerCallHandler<A, B> next) {
            requestHeaders.add(headers);
            return next.startCall(
                    new io.grpc.ForwardingServerCall.SimpleForwardingServerCall<A, B>(call) {
                        @Override
                        public void sendHeaders(final Metadata responseHeaders) {
                            final String text = headers.get(TEXT);
                            if (text != null) {
                                responseHeaders.put(TEXT, text);
                            }
                            final byte[] binary = headers.get(BINARY);
                            if (binary != null) {
                                responseHeaders.put(BINARY, binary);
                            }
                            super.sendHeaders(responseHeaders);
                        }
                    },
                    headers);
        }
    }

    /** Messages are bytes. */
    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(final byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(final InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
