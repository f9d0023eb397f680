package io.tikvdirect.cli.bench;

import io.tikvdirect.codec.buffer.KeyBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Immutable. The keys and the value of a run, made before it, as arrays and side by side in one buffer, so that an
 * operation makes none.
 */
final class Dataset {
    /** Every key is {@code b} and 15 digits. */
    static final int KEY_BYTES = 16;

    private final byte[][] keys;
    private final KeyBuffer keyBuffer;
    private final byte[] value;
    private final KeyBuffer valueBuffer;

    Dataset(int count, int valueSize) {
        int bytes = Math.multiplyExact(count, KEY_BYTES);
        keys = new byte[count][];
        keyBuffer = new KeyBuffer(bytes, bytes);
        for (int i = 0; i < count; i++) {
            keys[i] = String.format(Locale.ROOT, "b%015d", i).getBytes(StandardCharsets.US_ASCII);
            keyBuffer.append(keys[i]);
        }
        value = new byte[valueSize];
        for (int i = 0; i < valueSize; i++) {
            value[i] = (byte) ('a' + i % 26);
        }
        valueBuffer = new KeyBuffer(Math.max(1, valueSize), Math.max(1, valueSize));
        valueBuffer.append(value);
    }

    int size() {
        return keys.length;
    }

    byte[] key(int index) {
        return keys[index];
    }

    /** All keys; key {@code i} lies at {@code i * KEY_BYTES}. */
    KeyBuffer keyBuffer() {
        return keyBuffer;
    }

    byte[] value() {
        return value;
    }

    KeyBuffer valueBuffer() {
        return valueBuffer;
    }
}
