package io.tikvdirect.cli;

import io.tikvdirect.cli.bench.BenchCommand;
import io.tikvdirect.cli.cluster.CommonOptions;
import io.tikvdirect.cli.demo.DemoCommand;
import io.tikvdirect.cli.doctor.DoctorCommand;
import io.tikvdirect.cli.dump.DumpCommand;
import io.tikvdirect.cli.embedded.EmbeddedCommand;
import io.tikvdirect.cli.load.LoadCommand;
import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ExitCode;
import io.tikvdirect.cli.report.Style;
import io.tikvdirect.cli.shell.ShellCommand;
import io.tikvdirect.client.TikvException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.ParameterException;

/**
 * Thread-safe (only static functions). The command tree and what all commands share: exit code 0 for done, 1 for a
 * failed operation with one sentence on standard error, 2 for wrong usage.
 */
public final class TikvProgram {
    private static final int HELP_WIDTH = 110;

    private TikvProgram() {}

    /** Runs one command line and gives its exit code. */
    public static int run(Console console, String... arguments) {
        CommandLine program = program(console);
        int exitCode = program.execute(arguments);
        console.out().flush();
        return exitCode;
    }

    /** The command tree over a console. */
    static CommandLine program(Console console) {
        CommandLine program = new CommandLine(new TikvCommand());
        program.addSubcommand(new DemoCommand(console));
        program.addSubcommand(new EmbeddedCommand(console));
        program.addSubcommand(new ShellCommand(console));
        program.addSubcommand(new LoadCommand(console));
        program.addSubcommand(new DumpCommand(console));
        program.addSubcommand(new BenchCommand(console));
        program.addSubcommand(new DoctorCommand(console));
        program.getSubcommands().values().forEach(command -> command.addMixin("common", new CommonOptions()));
        program.setUsageHelpWidth(HELP_WIDTH);
        program.setCaseInsensitiveEnumValuesAllowed(true);
        program.setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8));
        program.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        Help.Ansi ansi = console.outStyle() == Style.ANSI ? Help.Ansi.ON : Help.Ansi.OFF;
        program.setColorScheme(Help.defaultColorScheme(ansi));
        program.setParameterExceptionHandler((e, arguments) -> wrongUsage(e, console));
        program.setExecutionExceptionHandler((e, command, parsed) -> failed(e, command, console));
        return program;
    }

    private static int wrongUsage(ParameterException e, Console console) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        console.err().println("tikv: " + oneLine(String.valueOf(e.getMessage())));
        console.err().println("Try '" + command + " --help'.");
        return ExitCode.WRONG_USAGE;
    }

    private static int failed(Exception e, CommandLine command, Console console) {
        console.err().println("tikv: " + sentence(e));
        if (isVerbose(command)) {
            e.printStackTrace(console.err());
        }
        return ExitCode.FAILED;
    }

    private static boolean isVerbose(CommandLine command) {
        CommandLine.ParseResult parsed = command.getParseResult();
        return parsed != null && parsed.hasMatchedOption("--verbose");
    }

    /** What a person gets to see of a failure. */
    static String sentence(Exception e) {
        if (e instanceof CommandFailedException || e instanceof TikvException) {
            return oneLine(String.valueOf(e.getMessage()));
        }
        if (e instanceof NoSuchFileException missing) {
            return "there is no file " + missing.getFile();
        }
        if (e instanceof FileAlreadyExistsException existing) {
            return existing.getFile() + " exists already";
        }
        if (e instanceof IOException) {
            return "input or output failed: " + oneLine(String.valueOf(e.getMessage()));
        }
        return "unexpected failure, which --verbose shows in full: " + oneLine(e.toString());
    }

    private static String oneLine(String text) {
        return text.replace("\r", "").replace("\n", "; ");
    }
}
