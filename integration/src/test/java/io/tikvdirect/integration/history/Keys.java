package io.tikvdirect.integration.history;

import io.tikvdirect.client.txn.TransactionOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Stateless. Keys, values and options that the workloads share. */
final class Keys {
    private Keys() {}

    static byte[] key(String workload, int number) {
        return bytes(String.format(Locale.ROOT, "%s/%05d", workload, number));
    }

    static List<byte[]> keys(String workload, int count) {
        List<byte[]> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(key(workload, i));
        }
        return keys;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] value(int number) {
        return bytes(Integer.toString(number));
    }

    static int number(byte @Nullable [] value) {
        return value == null ? 0 : Integer.parseInt(new String(value, StandardCharsets.UTF_8));
    }

    /** Every kind of commit, in turn by chance; each linearizable. */
    static TransactionOptions options(SplittableRandom random) {
        int kind = random.nextInt(8);
        return TransactionOptions.DEFAULT
                .withTimeout(History.TIMEOUT)
                .withPessimistic((kind & 4) != 0)
                .withAsyncCommit((kind & 2) != 0)
                .withOnePhaseCommit((kind & 1) != 0);
    }
}
