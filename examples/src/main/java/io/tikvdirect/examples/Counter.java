package io.tikvdirect.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.UndeterminedException;
import io.tikvdirect.client.raw.CasResult;
import io.tikvdirect.client.raw.RawClient;
import io.tikvdirect.client.raw.RawOptions;
import java.util.UUID;

/**
 * Adds one to a counter by compare-and-swap. The value carries who wrote it, so that after an unknown outcome a read
 * tells whether the swap was ours.
 */
public final class Counter {
    private static final byte[] KEY = "counter".getBytes(UTF_8);

    private Counter() {}

    public static void main(String[] args) {
        try (TikvClient client = TikvClient.open(Config.fromUri(args[0]))) {
            RawClient raw = client.raw().with(RawOptions.DEFAULT.withAtomic(true));
            for (int i = 0; i < 10; i++) {
                System.out.println("counter is now " + increment(raw));
            }
        }
    }

    private static long increment(RawClient raw) {
        String mark = UUID.randomUUID().toString();
        while (true) {
            byte[] old = raw.get(KEY);
            long next = (old == null ? 0 : count(old)) + 1;
            byte[] wanted = (next + " " + mark).getBytes(UTF_8);
            try {
                CasResult result = raw.compareAndSwap(KEY, old, wanted);
                if (result.swapped()) {
                    return next;
                }
            } catch (UndeterminedException unknown) {
                byte[] now = raw.get(KEY);
                if (now != null && new String(now, UTF_8).endsWith(mark)) {
                    return count(now);
                }
                // Somebody else's value may stand over ours: a counter that must be exact needs a transaction here.
                throw unknown;
            }
        }
    }

    private static long count(byte[] value) {
        String text = new String(value, UTF_8);
        return Long.parseLong(text.substring(0, text.indexOf(' ')));
    }
}
