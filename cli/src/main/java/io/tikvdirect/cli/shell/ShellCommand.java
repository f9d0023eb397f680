package io.tikvdirect.cli.shell;

import io.tikvdirect.cli.cluster.ClusterOptions;
import io.tikvdirect.cli.cluster.ClusterSession;
import io.tikvdirect.cli.cluster.TlsOptions;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Confined to the program's thread. {@code ./tikv shell}. */
@Command(
        name = "shell",
        header = "Talk to a cluster: a prompt on a terminal, one command a line from a pipe.",
        description = {
            "",
            "\"help\" lists the commands. From a pipe every line is answered in order. With --json each line",
            "gives exactly one line of JSON, blank lines and comments too ({\"ok\":true}), and the exit code",
            "is 0 even if some lines failed; without it these two have no answer, and the exit code is 1",
            "if a line failed.",
            "",
            "  printf 'raw put k v\\nraw get k\\n' | ./tikv shell --embedded --json",
            ""
        },
        sortOptions = false)
public final class ShellCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "One line of JSON for each line.")
    private boolean json;

    @Mixin
    private final ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private final TlsOptions tls = new TlsOptions();

    /** A command on the given console. */
    public ShellCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (ClusterSession session = ClusterSession.open(cluster, tls.files())) {
            Interpreter interpreter = new Interpreter(session.client());
            if (console.inIsTerminal() && console.outIsTerminal()) {
                interactive(session, interpreter);
                return ExitCode.DONE;
            }
            long failures = new PipedShell(console, interpreter, json).run();
            return failures == 0 || json ? ExitCode.DONE : ExitCode.FAILED;
        }
    }

    private void interactive(ClusterSession session, Interpreter interpreter) throws IOException {
        Path history = Path.of(System.getProperty("user.home"), ".tikv_direct_history");
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            String greeting = "Connected to cluster " + session.client().clusterId()
                    + ". \"help\" lists the commands, Ctrl-D ends the shell.";
            new InteractiveShell(terminal, interpreter, history, json).run(greeting);
        }
    }
}
