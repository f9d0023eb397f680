package io.tikvdirect.cli.cluster;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Confined to the command's thread. The option {@code --retry-for} of commands that outlast a cluster's bad minutes. */
public final class Patience {
    @Option(
            names = "--retry-for",
            paramLabel = "TIME",
            defaultValue = "60s",
            converter = PositiveDurationConverter.class,
            description = "How long to try a request while the cluster cannot serve it. Default: ${DEFAULT-VALUE}.")
    private Duration retryFor = Duration.ofMinutes(1);

    /** For picocli. */
    public Patience() {}

    /** How long one request is tried. */
    public Duration retryFor() {
        return retryFor;
    }
}
