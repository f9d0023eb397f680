package io.tikvdirect.integration;

import io.tikvdirect.client.ApiVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread-safe. A real PD with an independent store, run by {@code integration/cluster}: started here, and stopped at
 * {@link #close}, when the JVM is asked to end, and, should the JVM be killed, by a watcher of its process. A cluster
 * that runs already is left alone: regions that raw keys of API V1 split are none that transactions can use.
 */
public final class IndependentCluster implements AutoCloseable {
    private static final int NO_GO = 3;
    /** The first start may have to download and compile both servers. */
    private static final long BUILD_MINUTES = 30;

    private static final long STOP_MINUTES = 2;

    /** Tells the clusters of one JVM apart. */
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String pdAddress;
    private final String name;
    private final Thread atExit;

    private IndependentCluster(String pdAddress, String name) {
        this.pdAddress = pdAddress;
        this.name = name;
        this.atExit = new Thread(this::stop, "stop " + name);
    }

    /** Builds the servers where that is still to be done; says why they cannot be had, or null when they can. */
    public static String unavailableBecause() {
        return switch (run(BUILD_MINUTES, "build").exitCode()) {
            case 0 -> null;
            case NO_GO -> "PD_ADDRS is not set, and there is no Go to build a PD and an independent store with";
            default -> throw new IllegalStateException("integration/cluster build failed");
        };
    }

    /** A new cluster, to nobody else's knowledge. */
    public static IndependentCluster start(ApiVersion api) {
        String version = api.name().toLowerCase(Locale.ROOT);
        long pid = ProcessHandle.current().pid();
        String name = "test-" + version + "-" + pid + "-" + NUMBER.incrementAndGet();
        Outcome started = run(BUILD_MINUTES, "start", "--api", version, "--name", name, "--owner", Long.toString(pid));
        if (started.exitCode() != 0) {
            throw new IllegalStateException("integration/cluster start --api " + version + " failed");
        }
        IndependentCluster cluster = new IndependentCluster(started.pdAddress(), name);
        Runtime.getRuntime().addShutdownHook(cluster.atExit);
        return cluster;
    }

    /** PD's {@code host:port}. */
    public String pdAddress() {
        return pdAddress;
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException endingAnyway) {
            // the hook stops what is stopped already
        }
    }

    private void stop() {
        if (run(STOP_MINUTES, "stop", "--name", name).exitCode() != 0) {
            throw new IllegalStateException("integration/cluster stop --name " + name + " failed");
        }
    }

    /** The script's answer; what it says beside goes to standard error. */
    private record Outcome(int exitCode, String output) {
        String pdAddress() {
            return output.strip().substring("PD_ADDRS=".length());
        }
    }

    private static Outcome run(long minutes, String... arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("basedir", "."), "cluster").toString()));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile("cluster", ".out");
            try {
                return new Outcome(exitCode(command, output, minutes), Files.readString(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int exitCode(List<String> command, Path output, long minutes) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(Redirect.INHERIT)
                .start();
        try {
            if (process.waitFor(minutes, TimeUnit.MINUTES)) {
                return process.exitValue();
            }
            throw new IllegalStateException(command + " did not end within " + minutes + " minutes");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted during " + command, e);
        } finally {
            process.destroy(); // it then undoes what it has begun
        }
    }
}
