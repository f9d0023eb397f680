package io.tikvdirect.bench.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.tikv.common.TiConfiguration;
import org.tikv.common.TiSession;
import org.tikv.raw.RawKVClient;
import org.tikv.shade.com.google.protobuf.ByteString;

/**
 * Loads a file of keys and values, separated by a tab, with the official client: one thread reads and packs, {@code --threads}
 * write batches of {@code --batch}. Prints records and seconds.
 */
public final class Ingest {
    private static final Map<ByteString, ByteString> END = new HashMap<>();

    private Ingest() {}

    /** Loads {@code --file} into the cluster at {@code --pd}. */
    public static void main(String[] args) throws Exception {
        Flags flags = new Flags(args);
        TiConfiguration settings = TiConfiguration.createRawDefault(flags.text("pd", System.getenv("PD_ADDRS")));
        try (TiSession session = TiSession.create(settings);
                RawKVClient client = session.createRawClient()) {
            BlockingQueue<Map<ByteString, ByteString>> batches = new ArrayBlockingQueue<>(16);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < flags.number("threads", 8); i++) {
                Thread writer = new Thread(() -> write(client, batches), "ingest-" + i);
                writer.start();
                writers.add(writer);
            }
            long startedNs = System.nanoTime();
            long records = read(Path.of(flags.text("file", "")), flags.number("batch", 1_000), batches);
            for (int i = 0; i < writers.size(); i++) {
                batches.put(END);
            }
            for (Thread writer : writers) {
                writer.join();
            }
            double seconds = (System.nanoTime() - startedNs) / 1e9;
            System.out.printf(Locale.ROOT, "%d records in %.2f s%n", records, seconds);
        }
        System.exit(0); // its threads do not all end by themselves
    }

    private static long read(Path file, int size, BlockingQueue<Map<ByteString, ByteString>> batches)
            throws IOException, InterruptedException {
        long records = 0;
        Map<ByteString, ByteString> batch = new HashMap<>(2 * size);
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int tab = line.indexOf('\t');
                batch.put(bytes(line.substring(0, tab)), bytes(line.substring(tab + 1)));
                records++;
                if (batch.size() == size) {
                    batches.put(batch);
                    batch = new HashMap<>(2 * size);
                }
            }
        }
        batches.put(batch);
        return records;
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFrom(text, StandardCharsets.ISO_8859_1);
    }

    private static void write(RawKVClient client, BlockingQueue<Map<ByteString, ByteString>> batches) {
        try {
            for (Map<ByteString, ByteString> batch = batches.take(); batch != END; batch = batches.take()) {
                if (!batch.isEmpty()) {
                    client.batchPut(batch);
                }
            }
        } catch (InterruptedException | RuntimeException failed) {
            System.err.println("tikv-client-java-bench: " + failed);
            Runtime.getRuntime().halt(1); // a writer less would only be slower
        }
    }
}
