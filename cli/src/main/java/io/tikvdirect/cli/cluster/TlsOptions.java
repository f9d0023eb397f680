package io.tikvdirect.cli.cluster;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Confined to the command's thread. The options {@code --ca --cert --key} of all commands but {@code load}. */
public final class TlsOptions {
    @Option(names = "--ca", paramLabel = "FILE", description = "TLS: certificates that sign the servers', PEM.")
    private @Nullable Path ca;

    @Option(names = "--cert", paramLabel = "FILE", description = "TLS: this client's certificate chain, PEM.")
    private @Nullable Path cert;

    @Option(
            names = {"--key", "--tls-key"},
            paramLabel = "FILE",
            description = "TLS: this client's private key, PKCS#8 PEM.")
    private @Nullable Path key;

    /** For picocli. */
    public TlsOptions() {}

    /** The files asked for. */
    public TlsFiles files() {
        return new TlsFiles(ca, cert, key);
    }
}
