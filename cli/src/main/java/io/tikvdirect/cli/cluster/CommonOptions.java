package io.tikvdirect.cli.cluster;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Confined to the command's thread. The options that every command has. */
public final class CommonOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    private boolean help;

    private boolean verbose;

    /** For picocli. */
    public CommonOptions() {}

    /** Turns logging and stack traces on; called by picocli when the option is given. */
    @Option(names = "--verbose", description = "Log what happens to standard error, and show stack traces.")
    void verbose(boolean on) {
        verbose = on;
        if (on && LoggerFactory.getLogger("io.tikvdirect") instanceof Logger logger) {
            logger.setLevel(Level.DEBUG);
        }
    }

    /** Whether help was asked for. */
    public boolean help() {
        return help;
    }

    /** Whether stack traces and the log were asked for. */
    public boolean verbose() {
        return verbose;
    }
}
