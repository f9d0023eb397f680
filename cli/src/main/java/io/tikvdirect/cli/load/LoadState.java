package io.tikvdirect.cli.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. How far a load has come: everything in front of {@code offset} is in the cluster or was reported as
 * rejected.
 *
 * @param source the file and the options it is loaded with; a load goes on only if both are unchanged
 * @param progress how far it has come
 */
record LoadState(Source source, Progress progress) {
    /**
     * Immutable. What is loaded, whereto, and how.
     *
     * @param file the file as it was
     * @param clusterId the cluster it goes to
     * @param options the options that decide which pairs are made of it
     */
    record Source(FileIdentity file, long clusterId, String options) {}

    /**
     * Immutable. A point between two records.
     *
     * @param offset bytes of the file that are done
     * @param lines lines that are done
     * @param loaded records that were written
     * @param rejected records that were rejected
     */
    record Progress(long offset, long lines, long loaded, long rejected) {
        static final Progress NONE = new Progress(0, 0, 0, 0);
    }

    /** Writes the state beside the old one and then puts it in its place, so that there always is a whole one. */
    void save(Path file) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (OutputStream out = Files.newOutputStream(next)) {
            properties().store(out, "tikv-direct: how far a load has come; taken up by load --resume");
        }
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The state in a file, or null if there is no file. */
    static @Nullable LoadState read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        try {
            FileIdentity identity = new FileIdentity(
                    number(properties, "size"), number(properties, "modifiedMs"), text(properties, "headHash"));
            return new LoadState(
                    new Source(identity, number(properties, "clusterId"), text(properties, "options")),
                    new Progress(
                            number(properties, "offset"),
                            number(properties, "lines"),
                            number(properties, "loaded"),
                            number(properties, "rejected")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no state of a load: " + e.getMessage(), e);
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.setProperty("size", Long.toString(source.file().size()));
        properties.setProperty("modifiedMs", Long.toString(source.file().modifiedMs()));
        properties.setProperty("headHash", source.file().headHash());
        properties.setProperty("clusterId", Long.toString(source.clusterId()));
        properties.setProperty("options", source.options());
        properties.setProperty("offset", Long.toString(progress.offset()));
        properties.setProperty("lines", Long.toString(progress.lines()));
        properties.setProperty("loaded", Long.toString(progress.loaded()));
        properties.setProperty("rejected", Long.toString(progress.rejected()));
        return properties;
    }

    private static long number(Properties properties, String name) {
        return Long.parseLong(text(properties, name));
    }

    private static String text(Properties properties, String name) {
        String value = properties.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("it lacks " + name);
        }
        return value;
    }
}
