package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Not thread-safe. An embedded cluster in a JVM of its own, so that what a benchmark counts is the client's alone.
 */
final class ServerProcess implements AutoCloseable {
    private static final String READY = "ready pd=";
    private static final int EXIT_TIMEOUT_SECONDS = 10;

    private final Process process;
    private final String pdAddresses;

    private ServerProcess(Process process, String pdAddresses) {
        this.process = process;
        this.pdAddresses = pdAddresses;
    }

    static ServerProcess start() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ServerMain.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        String line = output.readLine();
        if (line == null || !line.startsWith(READY)) {
            process.destroyForcibly();
            throw new IOException("the embedded cluster did not start: " + line);
        }
        return new ServerProcess(process, line.substring(READY.length()).strip());
    }

    String pdAddresses() {
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
