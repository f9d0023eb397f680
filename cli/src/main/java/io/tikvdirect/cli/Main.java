package io.tikvdirect.cli;

import io.tikvdirect.cli.report.Console;

/** Thread-safe (only a static function). Where the JVM starts. */
public final class Main {
    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Console console = Console.ofProcess();
        int exitCode = TikvProgram.run(console, arguments);
        console.out().flush();
        System.exit(exitCode);
    }
}
