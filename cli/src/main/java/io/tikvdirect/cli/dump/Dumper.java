package io.tikvdirect.cli.dump;

import io.tikvdirect.cli.format.MalformedRecordException;
import io.tikvdirect.cli.format.RecordWriter;
import io.tikvdirect.cli.report.CommandFailedException;
import io.tikvdirect.cli.report.Console;
import io.tikvdirect.cli.report.ProgressLine;
import io.tikvdirect.cli.report.Quantities;
import io.tikvdirect.cli.text.EscapedBytes;
import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.raw.RawClient;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Confined to one thread. Writes the pairs of a range as records. */
final class Dumper {
    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int CHECK_OUTPUT_EVERY = 4_096;

    private final Console console;
    private final DumpOptions options;
    private final RawClient raw;
    private long records;
    private long bytes;
    private long startedNs;

    Dumper(Console console, DumpOptions options, RawClient raw) {
        this.console = console;
        this.options = options;
        this.raw = raw;
    }

    /** Dumps to a file that appears when it is complete, or to standard output. */
    void dump(@Nullable Path file) throws IOException, InterruptedException {
        startedNs = System.nanoTime();
        if (file == null) {
            dumpTo(console.out());
            requireWritten();
            report(console.err());
            return;
        }
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial), BUFFER_BYTES)) {
            dumpTo(out);
        } catch (IOException | InterruptedException | RuntimeException e) {
            Files.deleteIfExists(partial);
            throw e;
        }
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
        report(console.out());
    }

    private void dumpTo(OutputStream out) throws IOException, InterruptedException {
        RecordWriter writer = options.wholeRecords()
                ? RecordWriter.ofWholeRecords(options.format(), out)
                : RecordWriter.of(options.format(), out, options.keyName(), options.valueName());
        if (options.header()) {
            writer.writeHeader(options.keyName(), options.valueName());
        }
        try (ProgressLine line = new ProgressLine(console);
                PatientScanner pairs = new PatientScanner(raw, options.range(), options.retryFor())) {
            for (KvPair pair = pairs.next(); pair != null; pair = pairs.next()) {
                write(writer, pair);
                line.show(this::describe);
            }
        }
        out.flush();
    }

    private void write(RecordWriter writer, KvPair pair) throws IOException {
        byte[] key = pair.key();
        byte[] value = pair.value() == null ? new byte[0] : pair.value();
        try {
            writer.write(Arrays.copyOfRange(key, options.prefixLength(), key.length), value);
        } catch (MalformedRecordException e) {
            throw new CommandFailedException(
                    "the value of " + EscapedBytes.quote(key) + " cannot be dumped: it " + e.getMessage(), e);
        }
        records++;
        bytes += key.length + value.length;
        if (records % CHECK_OUTPUT_EVERY == 0) {
            requireWritten();
        }
    }

    /** A print stream swallows failures; ask it, so that a closed pipe ends the dump. */
    private void requireWritten() {
        if (console.out().checkError()) {
            throw new CommandFailedException(
                    "standard output was closed after " + Quantities.count(records) + " records or before");
        }
    }

    private String describe() {
        return Quantities.count(records) + " records, "
                + Quantities.count(Quantities.perSecond(records, System.nanoTime() - startedNs)) + "/s";
    }

    private void report(PrintStream to) {
        long elapsedNs = System.nanoTime() - startedNs;
        to.println("dumped " + Quantities.count(records) + " records (" + Quantities.bytes(bytes) + ") in "
                + Quantities.seconds(elapsedNs) + ": " + Quantities.count(Quantities.perSecond(records, elapsedNs))
                + " records/s, " + Quantities.bytes(Quantities.perSecond(bytes, elapsedNs)) + "/s");
        to.flush();
    }
}
