package io.tikvdirect.cli.cluster;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Confined to the command's thread. The options {@code --ca --cert --key} of all commands but {@code load}. */
public final class TlsOptions extends TlsCertificates {
    @Option(
            names = {"--key", "--tls-key"},
            paramLabel = "FILE",
            description = "TLS: this client's private key, PKCS#8 PEM.")
    private @Nullable Path key;

    /** For picocli. */
    public TlsOptions() {}

    @Override
    @Nullable
    Path key() {
        return key;
    }
}
