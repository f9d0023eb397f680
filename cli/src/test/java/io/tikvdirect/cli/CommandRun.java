package io.tikvdirect.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tikvdirect.cli.report.Console;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** One command run in this process: its exit code and what it wrote. */
public record CommandRun(int exitCode, String out, String err) {
    public static CommandRun of(String... arguments) {
        return withInput("", arguments);
    }

    public static CommandRun withInput(String input, String... arguments) {
        return withInput(input.getBytes(UTF_8), arguments);
    }

    public static CommandRun withInput(byte[] input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(input), out, err, "", false);
        int exitCode = TikvProgram.run(console, arguments);
        return new CommandRun(exitCode, out.toString(UTF_8), err.toString(UTF_8));
    }

    public List<String> outLines() {
        return out.lines().toList();
    }
}
