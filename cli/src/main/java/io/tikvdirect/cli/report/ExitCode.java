package io.tikvdirect.cli.report;

/** Immutable. What the process's exit code says. */
public final class ExitCode {
    /** The operation was done. */
    public static final int DONE = 0;

    /** The operation failed. */
    public static final int FAILED = 1;

    /** The command line is wrong, or asks for what does not exist (yet). */
    public static final int WRONG_USAGE = 2;

    private ExitCode() {}
}
