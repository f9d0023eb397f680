package io.tikvdirect.cli.cluster;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Confined to the command's thread. The TLS options of {@code load}, where {@code --key} names a column, so that the
 * private key can only be called {@code --tls-key}.
 */
public final class LoadTlsOptions extends TlsCertificates {
    @Option(names = "--tls-key", paramLabel = "FILE", description = "TLS: this client's private key, PKCS#8 PEM.")
    private @Nullable Path key;

    /** For picocli. */
    public LoadTlsOptions() {}

    @Override
    @Nullable
    Path key() {
        return key;
    }
}
