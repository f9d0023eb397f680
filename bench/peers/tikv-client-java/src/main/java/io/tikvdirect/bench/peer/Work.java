package io.tikvdirect.bench.peer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.tikv.raw.RawKVClient;
import org.tikv.shade.com.google.protobuf.ByteString;

/** Thread-safe. What one operation is, and on which keys. */
final class Work {
    private static final double ZIPF_EXPONENT = 0.99; // YCSB's
    private static final int DRAWN = 1 << 20;
    private static final int LOAD_BATCH = 1_000;
    private static final ByteString BULK_KEY = ByteString.copyFromUtf8("L000000000000000");
    private static final int BULK_BYTES = 1 << 20;

    private final RawKVClient client;
    private final String workload;
    private final ByteString[] keys;
    private final ByteString value;
    private final int batch;
    private final int limit;
    private final int[] ranks;

    Work(RawKVClient client, Flags flags) {
        this.client = client;
        this.workload = flags.text("workload", "");
        this.batch = flags.number("batch", 32);
        this.limit = flags.number("limit", 100);
        this.keys = new ByteString[flags.number("keys", 100_000)];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ByteString.copyFrom(String.format(Locale.ROOT, "b%015d", i), StandardCharsets.US_ASCII);
        }
        this.value = ByteString.copyFromUtf8("v".repeat(flags.number("value-size", 64)));
        this.ranks = flags.has("zipf") ? zipf(keys.length) : new int[0];
    }

    private static int[] zipf(int keys) {
        double[] upTo = new double[keys];
        double sum = 0;
        for (int i = 0; i < keys; i++) {
            sum += Math.pow(i + 1, -ZIPF_EXPONENT);
            upTo[i] = sum;
        }
        SplittableRandom random = new SplittableRandom(42);
        int[] ranks = new int[DRAWN];
        for (int i = 0; i < DRAWN; i++) {
            int rank = java.util.Arrays.binarySearch(upTo, random.nextDouble() * sum);
            ranks[i] = Math.min(rank < 0 ? -rank - 1 : rank, keys - 1);
        }
        return ranks;
    }

    private boolean reads() {
        return !workload.equals("raw-put") && !workload.equals("raw-batch-put");
    }

    /** Writes what the run will read. */
    void load(boolean bulk) {
        if (bulk) {
            client.put(BULK_KEY, ByteString.copyFromUtf8("V".repeat(BULK_BYTES)));
        }
        if (reads()) {
            loadKeys();
        }
    }

    /** Reads the large value; gives its bytes. */
    int bulkGet() {
        return client.get(BULK_KEY).orElseThrow().size();
    }

    private void loadKeys() {
        for (int from = 0; from < keys.length; from += LOAD_BATCH) {
            Map<ByteString, ByteString> pairs = new HashMap<>();
            for (int i = from; i < Math.min(from + LOAD_BATCH, keys.length); i++) {
                pairs.put(keys[i], value);
            }
            client.batchPut(pairs);
        }
    }

    private int index(SplittableRandom random) {
        return ranks.length > 0 ? ranks[random.nextInt(DRAWN)] : random.nextInt(keys.length);
    }

    private ByteString key(SplittableRandom random) {
        return keys[index(random)];
    }

    /** One operation; throws when it fails or does not find what was loaded. */
    void operate(SplittableRandom random) {
        switch (workload) {
            case "raw-get" -> get(random);
            case "raw-put" -> client.put(key(random), value);
            case "raw-mixed" -> {
                if (random.nextInt(100) < 5) {
                    client.put(key(random), value);
                } else {
                    get(random);
                }
            }
            case "raw-batch-get" -> {
                List<ByteString> wanted = new ArrayList<>(batch);
                for (int i = 0; i < batch; i++) {
                    wanted.add(key(random));
                }
                require(!client.batchGet(wanted).isEmpty());
            }
            case "raw-batch-put" -> {
                Map<ByteString, ByteString> pairs = new HashMap<>(batch * 2);
                for (int i = 0; i < batch; i++) {
                    pairs.put(key(random), value);
                }
                client.batchPut(pairs);
            }
            case "raw-scan" -> {
                int start = Math.min(index(random), Math.max(0, keys.length - limit));
                require(client.scan(keys[start], limit).size() == Math.min(limit, keys.length));
            }
            default -> throw new IllegalArgumentException("no workload " + workload);
        }
    }

    private void get(SplittableRandom random) {
        require(client.get(key(random)).isPresent());
    }

    private static void require(boolean found) {
        if (!found) {
            throw new IllegalStateException("a key that was loaded is not there");
        }
    }
}
