package io.tikvdirect.cli.cluster;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Confined to the command's thread. The TLS options that are called the same in all commands. */
abstract class TlsCertificates {
    @Option(names = "--ca", paramLabel = "FILE", description = "TLS: certificates that sign the servers', PEM.")
    private @Nullable Path ca;

    @Option(names = "--cert", paramLabel = "FILE", description = "TLS: this client's certificate chain, PEM.")
    private @Nullable Path cert;

    /** The private key of {@code --cert}, which is called differently where {@code --key} is something else. */
    abstract @Nullable Path key();

    /** The files asked for. */
    public final TlsFiles files() {
        return new TlsFiles(ca, cert, key());
    }
}
