package io.tikvdirect.client.internal.region;

import io.tikvdirect.codec.buffer.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Immutable. Ascending keys, searched without allocation.
 *
 * <p>Regions of one table share long prefixes, so comparing whole keys would read the same bytes at every step, each time
 * in another array. Here {@link KeyHeads} are made of what follows them, and their codes are searched as a {@link CodeTree}.
 * What the keys share is compared once, or not at all where whoever searches knows that the searched key has it too: keys
 * of some regions share one byte and those of their neighbours none, and a branch on that would be guessed wrong.
 *
 * <p>Few keys with the same code as the searched one are told apart by their heads. Many, or those whose heads are equal,
 * have an index of their own, over what they share: however keys are spread, be it as few clusters far apart, a search
 * takes a few steps for each seven bytes that are needed to tell the keys apart.
 *
 * <p>What is searched may be an array or a buffer. The two forms of a method are the same but for how they read bytes.
 */
final class KeyIndex extends CodeTree {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /** Keys with the same code that are looked through one by one. */
    private static final int FEW = 4;

    private final byte[][] keys;
    private final int from;
    private final int known;
    private final int shared;
    private final int shift;
    private final long lowest;
    private final long[] heads;

    /** What a searched key must be asked for; null where it is known to have it. */
    private final byte @Nullable [] prefix;

    /** At the last of keys with the same code their own index; null where there are none. */
    private final @Nullable KeyIndex @Nullable [] runs;

    /**
     * Over ascending keys, at least one.
     *
     * @param keys not to be changed afterwards
     * @param known how many bytes every key that will be searched shares with all of them
     */
    KeyIndex(final byte[][] keys, final int known) {
        this(keys, 0, known, new KeyHeads(keys, 0, keys.length, known));
    }

    private KeyIndex(final byte[][] keys, final int from, final int known, final KeyHeads heads) {
        super(heads.codes());
        this.keys = keys;
        this.from = from;
        this.known = known;
        this.shared = heads.shared;
        this.shift = heads.shift;
        this.lowest = heads.lowest;
        this.heads = heads.heads;
        this.prefix = heads.checked ? Arrays.copyOf(keys[from + 1], shared) : null;
        this.runs = runs();
    }

    private @Nullable KeyIndex @Nullable [] runs() {
        KeyIndex[] found = null;
        int end;
        for (int begin = 1; begin < heads.length; begin = end) {
            end = endOfRun(begin);
            final int inner = KeyHeads.haveSameBytes(heads[begin], heads[end - 1]) ? firstLike(end - 1) : begin;
            if (end - inner > FEW || !areApart(inner, end)) {
                found = found == null ? new KeyIndex[heads.length] : found;
                // the key before is the first of the run's index, which is taken to be below
                final int first = from + inner - 1;
                found[end - 1] = new KeyIndex(keys, first, 0, new KeyHeads(keys, first, from + end, 0));
            }
        }
        return found;
    }

    /** The first key with the same head; those before it in the run, at most seven, differ in length. */
    private int firstLike(final int place) {
        int first = place;
        while (heads[first - 1] == heads[place]) {
            first--;
        }
        return first;
    }

    private int endOfRun(final int begin) {
        int end = begin + 1;
        while (end < heads.length && code(end) == code(begin)) {
            end++;
        }
        return end;
    }

    private boolean areApart(final int begin, final int end) {
        for (int i = begin + 1; i < end; i++) {
            if (heads[i] == heads[i - 1]) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes searched keys were said to share with all keys. */
    int known() {
        return known;
    }

    /** The last key at or below the searched one; 0 when it is below the second. Companions: see {@link CodeTree}. */
    int floor(final byte[] key, final int offset, final int length, final Object[] companions) {
        if (prefix != null && !startsWith(prefix, key, offset, length)) {
            return outside(Bytes.compare(key, offset, Math.min(length, shared), prefix));
        }
        final int code = KeyHeads.code(KeyHeads.bytes(key, offset + shared, length - shared), lowest, shift);
        final int place = lastAtMost(code, companions);
        return code(place) == code && place > 0 ? tied(place, key, offset, length) : place;
    }

    private int tied(final int last, final byte[] key, final int offset, final int length) {
        final KeyIndex run = runs == null ? null : runs[last];
        int place = last;
        if (run != null) {
            final int within = run.floor(key, offset, length, keys);
            place = last - run.heads.length + 1 + within;
            if (within > 0) {
                return place;
            }
        }
        final long head = KeyHeads.of(key, offset + shared, length - shared);
        while (head < heads[place]
                || (head == heads[place] && Bytes.compare(key, offset, length, keys[from + place]) < 0)) {
            place--; // the first head is below all
        }
        return place;
    }

    /** The last key at or below the searched one; 0 when it is below the second. Companions: see {@link CodeTree}. */
    int floor(final DirectBuffer key, final int offset, final int length, final Object[] companions) {
        if (prefix != null && (length < shared || Bytes.compare(key, offset, shared, prefix) != 0)) {
            return outside(Bytes.compare(key, offset, Math.min(length, shared), prefix));
        }
        final int code = KeyHeads.code(KeyHeads.bytes(key, offset + shared, length - shared), lowest, shift);
        final int place = lastAtMost(code, companions);
        return code(place) == code && place > 0 ? tied(place, key, offset, length) : place;
    }

    private int tied(final int last, final DirectBuffer key, final int offset, final int length) {
        final KeyIndex run = runs == null ? null : runs[last];
        int place = last;
        if (run != null) {
            final int within = run.floor(key, offset, length, keys);
            place = last - run.heads.length + 1 + within;
            if (within > 0) {
                return place;
            }
        }
        final long head = KeyHeads.of(key, offset + shared, length - shared);
        while (head < heads[place]
                || (head == heads[place] && Bytes.compare(key, offset, length, keys[from + place]) < 0)) {
            place--; // the first head is below all
        }
        return place;
    }

    /** Of a key that does not have what all share, by how it compares with that. */
    private int outside(final int order) {
        return order < 0 ? 0 : heads.length - 1;
    }

    /** Of the usual lengths by three words that overlap: no loop, no call. */
    private static boolean startsWith(final byte[] wanted, final byte[] key, final int offset, final int length) {
        final int last = wanted.length - Long.BYTES;
        if (length < wanted.length) {
            return false;
        }
        if (last < 0 || last > 2 * Long.BYTES) {
            return Arrays.equals(key, offset, offset + wanted.length, wanted, 0, wanted.length);
        }
        return (difference(wanted, key, offset, 0)
                        | difference(wanted, key, offset, Math.min(last, Long.BYTES))
                        | difference(wanted, key, offset, last))
                == 0;
    }

    private static long difference(final byte[] wanted, final byte[] key, final int offset, final int at) {
        return (long) LONG.get(key, offset + at) ^ (long) LONG.get(wanted, at);
    }
}
