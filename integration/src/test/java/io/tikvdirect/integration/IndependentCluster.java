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
 * Thread-safe. A real PD with an independent store, run by {@code integration/cluster}. Where the default cluster runs
 * with the wanted API version it is used and left alone; otherwise one is started, and stopped at {@link #close}, when
 * the JVM is asked to end, and, should the JVM be killed, by a watcher of its process.
 */
public final class IndependentCluster implements AutoCloseable {
    private static final int NO_GO = 3;
    private static final int NOT_RUNNING = 4;
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

    /** The running default cluster if it serves this API version, else a new one. */
    public static IndependentCluster start(ApiVersion api) {
        String version = api.name().toLowerCase(Locale.ROOT);
        Outcome running = run(STOP_MINUTES, "status", "--api", version);
        if (running.exitCode() == 0) {
            return new IndependentCluster(running.pdAddress(), "");
        }
        if (running.exitCode() != NOT_RUNNING) {
            throw new IllegalStateException("integration/cluster status failed");
        }
        return startOwn(version);
    }

    private static IndependentCluster startOwn(String version) {
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
        if (!name.isEmpty()) {
            stop();
            try {
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException endingAnyway) {
                // the hook stops what is stopped already
            }
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
                // that nothing runs is an answer to "status", and no news
                .redirectError(command.contains("status") ? Redirect.DISCARD : Redirect.INHERIT)
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
