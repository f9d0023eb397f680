package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Not thread-safe. A server in a process of its own, so that what a benchmark counts is the client's alone.
 */
public final class ServerProcess implements AutoCloseable {
    private static final String READY = "ready pd=";
    private static final int EXIT_TIMEOUT_SECONDS = 10;

    private final Process process;
    private final String pdAddresses;

    private ServerProcess(Process process, String pdAddresses) {
        this.process = process;
        this.pdAddresses = pdAddresses;
    }

    /** An embedded cluster with one store. */
    static ServerProcess start() throws IOException {
        return startJava(List.of("-Xmx1g"), ServerMain.class);
    }

    /**
     * Starts a program of this class path in a JVM of its own.
     *
     * @param jvmFlags flags of that JVM
     * @param program prints {@code ready pd=...}, and ends when its standard input does
     * @param args of the program
     * @return a server that is ready
     * @throws IOException when it does not become ready
     */
    public static ServerProcess startJava(List<String> jvmFlags, Class<?> program, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(args));
        return start(command);
    }

    /**
     * Starts a program.
     *
     * @param command prints {@code ready pd=ADDRESSES} and perhaps more on that line
     * @return a server that is ready
     * @throws IOException when it does not become ready
     */
    public static ServerProcess start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        String line = output.readLine();
        if (line == null || !line.startsWith(READY)) {
            process.destroyForcibly();
            throw new IOException("the server did not start: " + line);
        }
        return new ServerProcess(process, line.substring(READY.length()).strip().split(" ", 2)[0]);
    }

    /** {@return PD's addresses, as {@code host:port}, separated by commas} */
    public String pdAddresses() {
        return pdAddresses;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(EXIT_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
