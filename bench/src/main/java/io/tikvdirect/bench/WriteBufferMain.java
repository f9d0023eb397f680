package io.tikvdirect.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.txn.Transaction;
import io.tikvdirect.client.txn.TransactionOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * One thread. Fills the write buffer of one transaction, which is never committed, and prints what the process holds for it:
 * heap and direct memory, and resident memory. {@code bench/write-buffer} runs it beside client-go.
 */
public final class WriteBufferMain {
    private static final double MIB = 1024 * 1024;

    private WriteBufferMain() {}

    /** What a process holds, in bytes, once garbage is collected. */
    private record Held(long heap, long direct, long resident) {
        static Held now(TikvClient client) throws IOException {
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            return new Held(heap, client.metrics().directBytes(), residentBytes());
        }
    }

    /**
     * Runs.
     *
     * @param args PD's addresses, how many keys, bytes of a value, {@code sorted} or {@code random}
     * @throws IOException when the process cannot be looked at
     */
    @SuppressWarnings("SystemOut") // its output
    public static void main(String[] args) throws IOException {
        int keys = Integer.parseInt(args[1]);
        byte[] value = new byte[Integer.parseInt(args[2])];
        Arrays.fill(value, (byte) 'v');
        int step = args[3].equals("random") ? 700_001 : 1; // as in the other program
        Config config = Config.builder().pdAddresses(args[0].split(",")).build();
        try (TikvClient client = TikvClient.open(config);
                Transaction txn = client.transactions().begin(TransactionOptions.DEFAULT)) {
            Held before = Held.now(client);
            byte[] key = "b000000000000000".getBytes(US_ASCII);
            for (int i = 0, at = 0; i < keys; i++, at = (at + step) % keys) {
                txn.put(number(key, at), value);
            }
            Held after = Held.now(client);
            if (txn.size() != keys) {
                throw new IllegalStateException(txn.size() + " keys instead of " + keys);
            }
            System.out.printf(
                    Locale.ROOT,
                    "tikv-direct %s %.1f %.1f%n",
                    args[3],
                    (after.heap - before.heap + after.direct - before.direct) / MIB,
                    (after.resident - before.resident) / MIB);
        }
    }

    /** Writes decimal digits behind the first byte. */
    private static byte[] number(byte[] key, int number) {
        int rest = number;
        for (int i = key.length - 1; i > 0; i--) {
            key[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return key;
    }

    private static long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return 0;
    }
}
