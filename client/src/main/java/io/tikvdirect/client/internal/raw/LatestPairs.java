package io.tikvdirect.client.internal.raw;

import io.tikvdirect.client.KvPair;
import io.tikvdirect.client.internal.call.ChunkPlan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Stateless. Of a batch to put, the last pair of each key. Within one request a store takes a repeated key in its order,
 * but a larger batch travels in several requests at the same time ({@link ChunkPlan}), and then an earlier pair could be
 * written last.
 */
final class LatestPairs {

    private LatestPairs() {}

    /**
     * The pairs that have an effect.
     *
     * @param pairs with keys and values
     * @return the same list when nothing is superseded or one request holds everything
     */
    static List<KvPair> of(List<KvPair> pairs) {
        return fitsOneRequest(pairs) ? pairs : withoutSuperseded(pairs);
    }

    /**
     * The numbers that belong to the pairs that have an effect.
     *
     * @param latest what {@link #of} gave
     * @param pairs what it was given
     * @param numbers one for each of those
     * @return one for each of {@code latest}
     */
    @SuppressWarnings("ReferenceEquality") // the kept pair is one of the given ones
    static long[] belonging(List<KvPair> latest, List<KvPair> pairs, long[] numbers) {
        if (latest.size() == pairs.size()) {
            return numbers;
        }
        long[] kept = new long[latest.size()];
        int next = kept.length - 1;
        for (int i = pairs.size() - 1; next >= 0; i--) {
            if (pairs.get(i) == latest.get(next)) {
                kept[next--] = numbers[i];
            }
        }
        return kept;
    }

    private static boolean fitsOneRequest(List<KvPair> pairs) {
        long bytes = 0;
        for (KvPair pair : pairs) {
            byte[] value = pair.value();
            bytes += pair.key().length + (value == null ? 0 : value.length);
        }
        return pairs.size() <= Limits.CHUNK_ITEMS && bytes <= Limits.CHUNK_BYTES;
    }

    private static List<KvPair> withoutSuperseded(List<KvPair> pairs) {
        Set<ByteBuffer> keys = new HashSet<>(2 * pairs.size());
        List<KvPair> latest = new ArrayList<>(pairs.size());
        for (int i = pairs.size() - 1; i >= 0; i--) {
            KvPair pair = pairs.get(i);
            if (keys.add(ByteBuffer.wrap(pair.key()))) {
                latest.add(pair);
            }
        }
        if (latest.size() == pairs.size()) {
            return pairs;
        }
        Collections.reverse(latest);
        return latest;
    }
}
