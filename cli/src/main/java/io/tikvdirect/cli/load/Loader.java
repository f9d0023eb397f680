package io.tikvdirect.cli.load;

import io.tikvdirect.cli.format.Header;
import io.tikvdirect.cli.format.LineReader;
import io.tikvdirect.cli.format.MalformedRecordException;
import io.tikvdirect.cli.format.RecordFormat;
import io.tikvdirect.cli.format.RecordReader;
import io.tikvdirect.cli.report.CommandFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Confined to the reading thread, but for {@link #stop()}. Reads records and hands them to the window in batches. */
final class Loader {
    private final LoadOptions options;
    private final BatchWindow window;
    private final Rejections rejections;
    private final Consumer<LoadState.Progress> onProgress;
    private volatile boolean stopped;

    /**
     * A loader for one source.
     *
     * @param onProgress is told after every batch handed over how far the load has come
     */
    Loader(LoadOptions options, BatchWindow window, Rejections rejections, Consumer<LoadState.Progress> onProgress) {
        this.options = options;
        this.window = window;
        this.rejections = rejections;
        this.onProgress = onProgress;
    }

    /** Asks the loader to end before its next batch; callable from any thread. */
    void stop() {
        stopped = true;
    }

    /** Whether {@link #stop()} was called. */
    boolean isStopped() {
        return stopped;
    }

    /** Loads a file from where {@code start} says to its end. */
    void loadFile(Path file, LoadState.Progress start) throws IOException, InterruptedException {
        Header header = hasHeader() ? readHeader(file) : Header.NONE;
        try (FileChannel channel = FileChannel.open(file)) {
            channel.position(start.offset());
            LineReader lines = new LineReader(Channels.newInputStream(channel), start.offset(), start.lines());
            if (hasHeader() && start.offset() == 0) {
                lines.next();
            }
            load(lines, header);
        }
    }

    /** Loads a stream to its end. */
    void loadStream(InputStream in) throws IOException, InterruptedException {
        LineReader lines = new LineReader(in, 0, 0);
        load(lines, hasHeader() ? header(lines) : Header.NONE);
    }

    private void load(LineReader lines, Header header) throws IOException, InterruptedException {
        RecordReader records = reader(lines, header);
        Batch batch = window.newBatch();
        while (!stopped && records.next()) {
            add(batch, records);
            if (batch.isFull()) {
                send(batch);
                rejections.requireNotTooMany(records.lastLine()); // the cluster rejects some too
                batch = window.newBatch();
            }
        }
        if (batch.hasRecords() && !stopped) {
            send(batch);
        }
        window.drain();
        onProgress.accept(window.progress());
    }

    private void send(Batch batch) throws InterruptedException {
        window.send(batch);
        onProgress.accept(window.progress());
    }

    private void add(Batch batch, RecordReader record) {
        String rejection = record.rejection();
        if (rejection == null) {
            batch.add(record, options.prefix());
        } else {
            rejections.report(record.firstLine(), record.lastLine(), rejection);
            rejections.requireNotTooMany(record.lastLine());
            batch.addRejected(record);
        }
    }

    private boolean hasHeader() {
        return options.format() != RecordFormat.JSONL && options.header();
    }

    private Header readHeader(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return header(new LineReader(Channels.newInputStream(channel), 0, 0));
        }
    }

    private Header header(LineReader lines) throws IOException {
        try {
            return Header.read(options.format(), lines);
        } catch (MalformedRecordException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private RecordReader reader(LineReader lines, Header header) {
        try {
            return RecordReader.of(options.format(), lines, options.columns(), header);
        } catch (MalformedRecordException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
    }
}
