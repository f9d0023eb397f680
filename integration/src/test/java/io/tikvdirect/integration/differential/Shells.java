package io.tikvdirect.integration.differential;

import io.tikvdirect.cli.TikvProgram;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.client.ApiVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Stateless. Starts the shells that stacks talk to. */
final class Shells {
    private static final long END_SECONDS = 180;
    private static final String TIMEOUT = "60s";

    private Shells() {}

    /** {@code ./tikv shell}, in this process: the very classes that the command runs. */
    static Stack ours(String name, String pd, ApiVersion api, AutoCloseable cluster) throws IOException {
        Pipe statements = Pipe.open();
        Pipe answers = Pipe.open();
        Thread shell = new Thread(() -> runOurs(statements, answers, pd, api), name);
        shell.setDaemon(true);
        shell.start();
        return new LineSession(
                name,
                Channels.newOutputStream(statements.sink()),
                Channels.newInputStream(answers.source()),
                () -> endOurs(shell, cluster));
    }

    private static void runOurs(Pipe statements, Pipe answers, String pd, ApiVersion api) {
        try (InputStream in = Channels.newInputStream(statements.source());
                OutputStream out = Channels.newOutputStream(answers.sink())) {
            TikvProgram.run(
                    new Console(in, out, System.err, "", false),
                    "shell",
                    "--json",
                    "--pd",
                    pd,
                    "--api",
                    api.name().toLowerCase(Locale.ROOT),
                    "--timeout",
                    TIMEOUT);
        } catch (IOException e) {
            System.err.println("the shell's streams could not be closed: " + e);
        }
    }

    private static void endOurs(Thread shell, AutoCloseable cluster) throws Exception {
        try (cluster) {
            shell.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
            if (shell.isAlive()) {
                throw new IllegalStateException("the shell did not end within " + END_SECONDS + " s");
            }
        }
    }

    /** The same language over client-go, in a process of its own. */
    static Stack clientGo(String name, String pd, ApiVersion api, boolean router, AutoCloseable cluster)
            throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Scripts.clientGoShell(), "-api", api.name().toLowerCase(Locale.ROOT), "-timeout", TIMEOUT));
        if (!router) {
            command.add("-router=false");
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PD_ADDRS", pd);
        Process process = builder.start();
        return new LineSession(
                name, process.getOutputStream(), process.getInputStream(), () -> endProcess(process, cluster));
    }

    private static void endProcess(Process process, AutoCloseable cluster) throws Exception {
        try (cluster) {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException("client-go's shell did not end within " + END_SECONDS + " s");
            }
        }
    }
}
