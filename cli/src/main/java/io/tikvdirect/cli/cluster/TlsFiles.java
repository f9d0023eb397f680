package io.tikvdirect.cli.cluster;

import io.tikvdirect.client.ConfigBuilder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. The PEM files of a TLS connection.
 *
 * @param ca certificates that sign the servers' certificates; null for no TLS
 * @param cert this client's certificate chain, or null
 * @param key this client's private key, or null
 */
public record TlsFiles(@Nullable Path ca, @Nullable Path cert, @Nullable Path key) {
    /** No TLS. */
    public static final TlsFiles NONE = new TlsFiles(null, null, null);

    void applyTo(ConfigBuilder builder) {
        if (ca != null) {
            builder.tlsCa(ca);
        }
        if (cert != null) {
            builder.set("tls.cert", cert.toString());
        }
        if (key != null) {
            builder.set("tls.key", key.toString());
        }
    }
}
