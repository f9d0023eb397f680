package io.tikvdirect.transport;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Immutable: makes the TLS side of a connection. Nothing is cached: files are read again for every connection. */
final class TlsContexts {
    /** The ALPN name of HTTP/2 over TLS. */
    static final String HTTP_2 = "h2";

    private TlsContexts() {}

    /** Reads certificates and key; blocks on files. Gives a context that may be reference counted. */
    static SslContext create(final TlsOptions tls) throws SSLException {
        try {
            final SslContextBuilder builder = SslContextBuilder.forClient()
                    .sslProvider(provider(tls.provider()))
                    .protocols(TlsOptions.PROTOCOLS)
                    .endpointIdentificationAlgorithm("HTTPS")
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            HTTP_2));
            final Path trusted = tls.trustedCertificates();
            if (trusted != null) {
                builder.trustManager(readable(trusted));
            }
            final Path certificates = tls.clientCertificates();
            final Path key = tls.clientKey();
            if (certificates != null && key != null) {
                builder.keyManager(readable(certificates), readable(key));
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw new SSLException("certificates or key cannot be used: " + e.getMessage(), e);
        }
    }

    private static java.io.File readable(final Path path) throws SSLException {
        if (!Files.isReadable(path)) {
            throw new SSLException("cannot read " + path);
        }
        return path.toFile();
    }

    private static SslProvider provider(final TlsOptions.Provider provider) throws SSLException {
        final boolean openSsl = isOpenSslAvailable();
        if (provider == TlsOptions.Provider.OPENSSL && !openSsl) {
            throw new SSLException(
                    "OpenSSL is not available: add netty-tcnative to the class path, or use AUTO or JDK");
        }
        return openSsl && provider != TlsOptions.Provider.JDK ? SslProvider.OPENSSL : SslProvider.JDK;
    }

    static boolean isOpenSslAvailable() {
        try {
            return OpenSsl.isAvailable() && SslProvider.isAlpnSupported(SslProvider.OPENSSL);
        } catch (LinkageError e) {
            return false;
        }
    }

    /** A handler that verifies the host name, whatever system properties say. */
    static SslHandler newHandler(
            final SslContext context, final TransportOptions options, final String host, final int port) {
        final TlsOptions tls = options.tls();
        final String override = tls == null ? null : tls.serverName();
        final SslHandler handler = context.newHandler(options.allocator(), override == null ? host : override, port);
        final SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        handler.engine().setSSLParameters(parameters);
        handler.setHandshakeTimeout(options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
        return handler;
    }

    static String describe(final @Nullable Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return "the peer does not speak TLS (a plain-text port?)";
        }
        return "TLS handshake failed: " + (cause == null ? "cancelled" : cause.getMessage());
    }
}
