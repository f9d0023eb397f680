package io.tikvdirect.cli.load;

import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.LatencyChart;
import io.tikvdirect.cli.report.ProgressLine;
import io.tikvdirect.cli.report.Quantities;
import io.tikvdirect.client.TikvClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Confined to the command's thread, but for the hook that ends it. One load from its first to its last record: state,
 * progress, interruption and the report at the end.
 */
final class LoadRun {
    private static final long SAVE_EVERY_NS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    private final Console console;
    private final LoadOptions options;
    private final @Nullable Path stateFile;
    private final boolean resume;
    private final CountDownLatch ended = new CountDownLatch(1);
    private long nextSaveNs;
    private long startedNs;

    /**
     * A run.
     *
     * @param stateFile where progress is kept; null to keep none
     * @param resume whether to go on where the state says
     */
    LoadRun(Console console, LoadOptions options, @Nullable Path stateFile, boolean resume) {
        this.console = console;
        this.options = options;
        this.stateFile = stateFile;
        this.resume = resume;
    }

    /** Loads; gives how many records of the source were rejected. */
    long run(TikvClient client) throws IOException, InterruptedException {
        Path source = options.source();
        if (source != null) {
            requireFile(source);
        }
        LoadState.Source identity = source == null
                ? null
                : new LoadState.Source(FileIdentity.of(source), client.clusterId(), options.identity());
        LoadState.Progress start = identity == null ? LoadState.Progress.NONE : start(identity);
        try (ProgressLine line = new ProgressLine(console)) {
            Rejections rejections = new Rejections(line, options.maxRejected());
            PairWriter writer = options.transactional() ? PairWriter.transactional(client) : PairWriter.raw(client);
            BatchWindow window = new BatchWindow(writer, rejections, start, options.retryFor());
            Loader loader =
                    new Loader(options, window, rejections, progress -> onProgress(line, identity, start, progress));
            boolean complete = load(loader, window, identity, start);
            line.close();
            if (complete) {
                report(window, start);
                console.out().println(MemoryUse.describe(client));
                console.out().flush();
            }
            return window.progress().rejected();
        }
    }

    private static void requireFile(Path source) throws IOException {
        if (!Files.exists(source)) {
            throw new NoSuchFileException(source.toString());
        }
        if (!Files.isRegularFile(source)) {
            throw new CommandFailedException(source + " is not a file");
        }
    }

    private LoadState.Progress start(LoadState.Source identity) throws IOException {
        if (!resume || stateFile == null) {
            return LoadState.Progress.NONE;
        }
        LoadState state = LoadState.read(stateFile);
        if (state == null) {
            console.err().println("nothing to resume, the load begins at line 1");
            return LoadState.Progress.NONE;
        }
        if (!state.source().equals(identity)) {
            throw new CommandFailedException("cannot resume: the file, the cluster or the options differ from those of "
                    + stateFile + "; without --resume the load begins at line 1");
        }
        console.err()
                .println("resuming behind line "
                        + Quantities.count(state.progress().lines()));
        return state.progress();
    }

    /** Loads; false if the process is being ended and the rest is left for later. */
    private boolean load(
            Loader loader, BatchWindow window, LoadState.@Nullable Source identity, LoadState.Progress start)
            throws IOException, InterruptedException {
        startedNs = System.nanoTime();
        nextSaveNs = startedNs + SAVE_EVERY_NS;
        Thread hook = new Thread(() -> stop(loader), "load-interrupted");
        Runtime.getRuntime().addShutdownHook(hook);
        boolean complete = false;
        try {
            Path source = options.source();
            if (source == null) {
                loader.loadStream(console.in());
            } else {
                loader.loadFile(source, start);
            }
            complete = !loader.isStopped();
        } finally {
            if (!complete) {
                window.settle(STOP_WITHIN);
            }
            keepState(complete, window, identity);
            if (loader.isStopped()) {
                console.err()
                        .println("tikv: interrupted behind line "
                                + Quantities.count(window.progress().lines())
                                + (stateFile == null ? "" : "; --resume goes on there"));
            }
            ended.countDown();
            removeHook(hook, loader);
        }
        return complete;
    }

    private void keepState(boolean complete, BatchWindow window, LoadState.@Nullable Source identity)
            throws IOException {
        if (stateFile == null || identity == null) {
            return;
        }
        if (complete) {
            Files.deleteIfExists(stateFile);
        } else {
            new LoadState(identity, window.progress()).save(stateFile);
        }
    }

    /** In the shutdown hook: lets the loader end at a known point and waits until its state is kept. */
    private void stop(Loader loader) {
        loader.stop();
        try {
            if (!ended.await(STOP_WITHIN.toMillis() * 2, TimeUnit.MILLISECONDS)) {
                console.err().println("tikv: the load did not stop in time; its last kept state is a second old");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook, Loader loader) {
        if (!loader.isStopped()) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }

    private void onProgress(
            ProgressLine line,
            LoadState.@Nullable Source identity,
            LoadState.Progress start,
            LoadState.Progress progress) {
        long nowNs = System.nanoTime();
        line.show(() -> describe(identity, start, progress, nowNs));
        if (stateFile != null && identity != null && nowNs - nextSaveNs >= 0) {
            nextSaveNs = nowNs + SAVE_EVERY_NS;
            try {
                new LoadState(identity, progress).save(stateFile);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private String describe(
            LoadState.@Nullable Source identity, LoadState.Progress start, LoadState.Progress progress, long nowNs) {
        long rate = Quantities.perSecond(progress.loaded() - start.loaded(), nowNs - startedNs);
        String counts = Quantities.count(progress.loaded()) + " records, " + Quantities.count(rate) + "/s"
                + (progress.rejected() == 0 ? "" : ", " + Quantities.count(progress.rejected()) + " rejected");
        if (identity == null || identity.file().size() == 0) {
            return counts;
        }
        return ProgressLine.bar((double) progress.offset() / identity.file().size()) + " " + counts;
    }

    private void report(BatchWindow window, LoadState.Progress start) {
        long elapsedNs = System.nanoTime() - startedNs;
        LoadState.Progress end = window.progress();
        long records = end.loaded() - start.loaded();
        long bytes = end.offset() - start.offset();
        console.out()
                .println("loaded " + Quantities.count(records) + " records (" + Quantities.bytes(bytes) + ") in "
                        + Quantities.seconds(elapsedNs) + ": "
                        + Quantities.count(Quantities.perSecond(records, elapsedNs))
                        + " records/s, " + Quantities.bytes(Quantities.perSecond(bytes, elapsedNs)) + "/s");
        console.out()
                .println("batch puts: " + LatencyChart.percentiles(window.latencies()) + "; sent again: "
                        + window.retries());
        console.out()
                .println("rejected: " + Quantities.count(end.rejected())
                        + (start.loaded() > 0
                                ? "; with the part loaded before: " + Quantities.count(end.loaded()) + " records"
                                : ""));
        console.out().flush();
    }
}
