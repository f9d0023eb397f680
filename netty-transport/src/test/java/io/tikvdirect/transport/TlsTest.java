package io.tikvdirect.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS with both implementations against grpc-java, and servers whose TLS is wrong in every way that matters. */
class TlsTest {
    private static X509Bundle authority;
    private static X509Bundle otherAuthority;

    @TempDir
    Path directory;

    private final PooledByteBufAllocator allocator = new PooledByteBufAllocator(true);
    private final EventLoops loops = EventLoops.open(EventLoopOptions.auto(1));
    private final List<AutoCloseable> servers = new ArrayList<>();

    @BeforeAll
    static void authorities() throws Exception {
        authority = authority("CN=good");
        otherAuthority = authority("CN=other");
    }

    private static X509Bundle authority(final String name) throws Exception {
        return new CertificateBuilder()
                .subject(name)
                .setIsCertificateAuthority(true)
                .notAfter(Instant.now().plus(Duration.ofDays(1)))
                .buildSelfSigned();
    }

    private static CertificateBuilder leaf(final String dnsName) {
        return new CertificateBuilder()
                .subject("CN=leaf")
                .addSanDnsName(dnsName)
                .notAfter(Instant.now().plus(Duration.ofDays(1)));
    }

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable server : servers) {
            server.close();
        }
        loops.close();
    }

    private Path write(final String name, final String pem) throws IOException {
        return Files.writeString(directory.resolve(name), pem);
    }

    private Path trust(final X509Bundle bundle) throws IOException {
        return write("ca.pem", bundle.getCertificatePEM());
    }

    private int serve(final X509Bundle server, final X509Bundle clientAuthority) throws Exception {
        final Path chain = write("server.pem", server.getCertificatePathPEM());
        final Path key = write("server.key", server.getPrivateKeyPEM());
        final io.grpc.TlsServerCredentials.Builder credentials =
                io.grpc.TlsServerCredentials.newBuilder().keyManager(chain.toFile(), key.toFile());
        if (clientAuthority != null) {
            credentials
                    .trustManager(write("clients.pem", clientAuthority.getCertificatePEM())
                            .toFile())
                    .clientAuth(io.grpc.TlsServerCredentials.ClientAuth.REQUIRE);
        }
        final EchoServer echo = new EchoServer(io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials.build()));
        servers.add(echo);
        return echo.port();
    }

    /** One echo; gives null when it worked, else why the connection ended. */
    private TransportException echo(final String host, final int port, final TlsOptions tls) throws Exception {
        return echo(loops.next(), host, port, tls);
    }

    private TransportException echo(final TransportLoop loop, final String host, final int port, final TlsOptions tls)
            throws Exception {
        final CompletableFuture<TransportException> closed = new CompletableFuture<>();
        final TransportOptions options = TransportOptions.builder(allocator)
                .tls(tls)
                .connectTimeout(Duration.ofSeconds(30))
                .build();
        final GrpcConnection connection =
                GrpcConnection.connect(loop, host, port, options, (ended, cause) -> closed.complete(cause));
        final RecordingListener call = new RecordingListener();
        connection.loop().execute(() -> {
            final GrpcCall started = connection.start(EchoServer.ECHO, CallOptions.DEFAULT, call);
            started.sendLast(RawPeer.message(started, 100_000));
            started.flush();
        });
        final boolean ok = call.awaitStatus().isOk();
        connection.closeNow("test over");
        final TransportException cause = closed.get(60, TimeUnit.SECONDS);
        if (ok) {
            assertThat(call.messages.get(0)).hasSize(100_000);
        }
        return ok ? null : cause;
    }

    @ParameterizedTest
    @EnumSource(TlsOptions.Provider.class)
    void trustedServerIsSpokenTo(final TlsOptions.Provider provider) throws Exception {
        final int port = serve(leaf("localhost").buildIssuedBy(authority), null);
        assertThat(TlsContexts.isOpenSslAvailable())
                .as("tcnative is on the test class path")
                .isTrue();
        assertThat(echo("localhost", port, TlsOptions.trusting(trust(authority)).withProvider(provider)))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(TlsOptions.Provider.class)
    void anAttemptThatHangsDoesNotHurtTheOneThatIsSpokenOver(final TlsOptions.Provider provider) throws Exception {
        final int port = serve(leaf("localhost").buildIssuedBy(authority), null);
        try (HangingConnects network = new HangingConnects(1)) {
            final TlsOptions tls = TlsOptions.trusting(trust(authority)).withProvider(provider);
            assertThat(echo(network.loop(), "localhost", port, tls)).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource(TlsOptions.Provider.class)
    void otherHostNameIsRefusedUnlessItIsTheOneExpected(final TlsOptions.Provider provider) throws Exception {
        final int port = serve(leaf("tikv.example").buildIssuedBy(authority), null);
        final TlsOptions tls = TlsOptions.trusting(trust(authority)).withProvider(provider);
        final TransportException cause = echo("localhost", port, tls);
        assertThat(cause.kind()).isEqualTo(TransportException.Kind.TLS_FAILURE);
        assertThat(echo("localhost", port, tls.withServerName("tikv.example"))).isNull();
    }

    @ParameterizedTest
    @EnumSource(TlsOptions.Provider.class)
    void unknownAuthorityAndExpiredCertificateAreRefused(final TlsOptions.Provider provider) throws Exception {
        final TlsOptions tls = TlsOptions.trusting(trust(authority)).withProvider(provider);
        final int unknown = serve(leaf("localhost").buildIssuedBy(otherAuthority), null);
        assertThat(echo("localhost", unknown, tls).kind()).isEqualTo(TransportException.Kind.TLS_FAILURE);
        final X509Bundle expired = new CertificateBuilder()
                .subject("CN=old")
                .addSanDnsName("localhost")
                .notBefore(Instant.now().minus(Duration.ofDays(9)))
                .notAfter(Instant.now().minus(Duration.ofDays(1)))
                .buildIssuedBy(authority);
        assertThat(echo("localhost", serve(expired, null), tls).kind()).isEqualTo(TransportException.Kind.TLS_FAILURE);
    }

    @ParameterizedTest
    @EnumSource(TlsOptions.Provider.class)
    void mutualTlsNeedsAndAcceptsTheClientCertificate(final TlsOptions.Provider provider) throws Exception {
        final int port = serve(leaf("localhost").buildIssuedBy(authority), authority);
        final TlsOptions without = TlsOptions.trusting(trust(authority)).withProvider(provider);
        assertThat(echo("localhost", port, without)).isNotNull();
        final X509Bundle client = leaf("client").buildIssuedBy(authority);
        final TlsOptions with = without.withClientCertificate(
                write("client.pem", client.getCertificatePathPEM()), write("client.key", client.getPrivateKeyPEM()));
        assertThat(echo("localhost", port, with)).isNull();
    }

    @Test
    void rotatedFilesAreUsedByTheNextConnection() throws Exception {
        final int port = serve(leaf("localhost").buildIssuedBy(authority), null);
        final TlsOptions tls = TlsOptions.trusting(trust(otherAuthority));
        assertThat(echo("localhost", port, tls).kind()).isEqualTo(TransportException.Kind.TLS_FAILURE);
        trust(authority);
        assertThat(echo("localhost", port, tls)).isNull();
    }

    @Test
    void missingOrHalfWrittenFilesAreNamed() throws Exception {
        final int port = serve(leaf("localhost").buildIssuedBy(authority), null);
        final TlsOptions missing = TlsOptions.trusting(directory.resolve("nowhere.pem"));
        assertThat(echo("localhost", port, missing)).hasMessageContaining("nowhere.pem");
        final String pem = authority.getCertificatePEM();
        final TlsOptions half = TlsOptions.trusting(write("half.pem", pem.substring(0, pem.length() / 2)));
        assertThat(echo("localhost", port, half).kind()).isEqualTo(TransportException.Kind.TLS_FAILURE);
    }

    @ParameterizedTest
    @EnumSource(TlsOptions.Provider.class)
    void serverWithoutAlpnIsRefusedExplicitly(final TlsOptions.Provider provider) throws Exception {
        final X509Bundle server = leaf("localhost").buildIssuedBy(authority);
        final SslContext context = SslContextBuilder.forServer(server.toKeyManagerFactory())
                .sslProvider(SslProvider.JDK)
                .build();
        final EventLoops own = EventLoops.open(new EventLoopOptions(EventLoopKind.NIO, 1, "no-alpn"));
        servers.add(own);
        final Channel channel = new ServerBootstrap()
                .group(own.next().eventLoop().parent())
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(final Channel child) {
                        child.pipeline().addLast(context.newHandler(child.alloc()));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        final int port = ((InetSocketAddress) channel.localAddress()).getPort();
        final TransportException cause =
                echo("localhost", port, TlsOptions.trusting(trust(authority)).withProvider(provider));
        assertThat(cause.kind()).isEqualTo(TransportException.Kind.ALPN_MISSING);
        assertThat(cause).hasMessageContaining("ALPN");
    }

    @ParameterizedTest
    @EnumSource(TlsOptions.Provider.class)
    void tlsAgainstAPlainTextPort(final TlsOptions.Provider provider) throws Exception {
        final EchoServer plain = new EchoServer();
        servers.add(plain);
        final TransportException cause = echo(
                "localhost", plain.port(), TlsOptions.trusting(trust(authority)).withProvider(provider));
        assertThat(cause.kind()).isEqualTo(TransportException.Kind.TLS_FAILURE);
        assertThat(cause).hasMessageContaining("does not speak TLS");
    }

    @Test
    void plainTextAgainstATlsPort() throws Exception {
        final int port = serve(leaf("localhost").buildIssuedBy(authority), null);
        final TransportException cause = echo("localhost", port, null);
        assertThat(cause.kind()).isIn(TransportException.Kind.NOT_HTTP2, TransportException.Kind.PEER_CLOSED);
    }
}
