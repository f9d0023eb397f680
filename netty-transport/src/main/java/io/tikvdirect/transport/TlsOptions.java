package io.tikvdirect.transport;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Immutable: TLS of a connection. Files are PEM and read anew for every connection, so that rotated certificates need
 * no restart. The peer's host name is always verified, ALPN {@code h2} is always demanded, TLS 1.2 and 1.3 are spoken.
 *
 * @param trustedCertificates authorities that the server's certificate must come from; null = those of the JDK
 * @param clientCertificates this side's chain for mutual TLS, own certificate first; null = none
 * @param clientKey PKCS#8 key of that certificate, not encrypted; null = none
 * @param serverName name to verify and to send as SNI instead of the host connected to; null = that host
 * @param provider who speaks TLS
 */
public record TlsOptions(
        @Nullable Path trustedCertificates,
        @Nullable Path clientCertificates,
        @Nullable Path clientKey,
        @Nullable String serverName,
        Provider provider) {
    /** Immutable: implementations of TLS. */
    public enum Provider {
        /** OpenSSL when netty-tcnative is on the class path and loads, else the JDK. */
        AUTO,
        /** The JDK's. */
        JDK,
        /** OpenSSL through netty-tcnative; connecting fails when it is absent. */
        OPENSSL
    }

    /** Protocols that are spoken; older ones are refused. */
    static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** Verifies that certificate and key come together. */
    public TlsOptions {
        if ((clientCertificates == null) != (clientKey == null)) {
            throw new IllegalArgumentException("client certificate and client key must be given together");
        }
    }

    /**
     * TLS with the JDK's authorities and no client certificate.
     *
     * @return options
     */
    public static TlsOptions systemTrust() {
        return new TlsOptions(null, null, null, null, Provider.AUTO);
    }

    /**
     * TLS with own authorities.
     *
     * @param trustedCertificates PEM file
     * @return options
     */
    public static TlsOptions trusting(final Path trustedCertificates) {
        return new TlsOptions(trustedCertificates, null, null, null, Provider.AUTO);
    }

    /**
     * The same with a client certificate.
     *
     * @param certificates PEM file, own certificate first
     * @param key PEM file, PKCS#8
     * @return new options
     */
    public TlsOptions withClientCertificate(final Path certificates, final Path key) {
        return new TlsOptions(trustedCertificates, certificates, key, serverName, provider);
    }

    /**
     * The same with another name to verify.
     *
     * @param name of the server's certificate
     * @return new options
     */
    public TlsOptions withServerName(final String name) {
        return new TlsOptions(trustedCertificates, clientCertificates, clientKey, name, provider);
    }

    /**
     * The same with another implementation.
     *
     * @param newProvider who speaks TLS
     * @return new options
     */
    public TlsOptions withProvider(final Provider newProvider) {
        return new TlsOptions(trustedCertificates, clientCertificates, clientKey, serverName, newProvider);
    }
}
