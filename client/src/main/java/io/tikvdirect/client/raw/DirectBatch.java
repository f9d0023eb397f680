package io.tikvdirect.client.raw;

import java.util.Arrays;
import java.util.Objects;
import org.agrona.DirectBuffer;

/**
 * Not thread-safe. A reusable list of keys, or of keys with values, for the batch operations of the direct face.
 * Everything added is copied into one array that grows and is kept by {@link #clear()}, so that a batch which is filled
 * again and again allocates nothing.
 */
public final class DirectBatch {

    private static final int INITIAL_BYTES = 4_096;
    private static final int INITIAL_ITEMS = 64;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int used;
    private int[] keyEnds = new int[INITIAL_ITEMS];
    private int[] itemEnds = new int[INITIAL_ITEMS];
    private int size;

    /** Makes an empty batch. */
    public DirectBatch() {}

    /**
     * Adds a key without a value.
     *
     * @param key holds the key; <i>borrowed</i>
     * @param offset where it begins
     * @param length its length
     * @return this
     */
    public DirectBatch add(DirectBuffer key, int offset, int length) {
        append(key, offset, length);
        return endKey().endItem();
    }

    /**
     * Adds a key without a value.
     *
     * @param key the key; <i>borrowed</i>
     * @return this
     */
    public DirectBatch add(byte[] key) {
        append(key);
        return endKey().endItem();
    }

    /**
     * Adds a pair.
     *
     * @param key holds the key; <i>borrowed</i>
     * @param keyOffset where it begins
     * @param keyLength its length
     * @param value holds the value; <i>borrowed</i>
     * @param valueOffset where it begins
     * @param valueLength its length
     * @return this
     */
    public DirectBatch add(
            DirectBuffer key, int keyOffset, int keyLength, DirectBuffer value, int valueOffset, int valueLength) {
        append(key, keyOffset, keyLength);
        endKey();
        append(value, valueOffset, valueLength);
        return endItem();
    }

    /**
     * Adds a pair.
     *
     * @param key the key; <i>borrowed</i>
     * @param value the value; <i>borrowed</i>
     * @return this
     */
    public DirectBatch add(byte[] key, byte[] value) {
        append(key);
        endKey();
        append(value);
        return endItem();
    }

    /**
     * Adds a pair from parts of arrays.
     *
     * @param key holds the key; <i>borrowed</i>
     * @param keyOffset where it begins
     * @param keyLength its length
     * @param value holds the value, may be the same array; <i>borrowed</i>
     * @param valueOffset where it begins
     * @param valueLength its length
     * @return this
     * @throws IndexOutOfBoundsException when a part is not within its array; nothing is added then
     */
    public DirectBatch add(byte[] key, int keyOffset, int keyLength, byte[] value, int valueOffset, int valueLength) {
        Objects.checkFromIndexSize(keyOffset, keyLength, key.length);
        Objects.checkFromIndexSize(valueOffset, valueLength, value.length);
        append(key, keyOffset, keyLength);
        endKey();
        append(value, valueOffset, valueLength);
        return endItem();
    }

    /** Forgets all items and keeps the memory. */
    public void clear() {
        used = 0;
        size = 0;
    }

    /**
     * The number of items.
     *
     * @return 0 or more
     */
    public int size() {
        return size;
    }

    /**
     * The bytes of all keys and values together.
     *
     * @return 0 or more
     */
    public int totalBytes() {
        return used;
    }

    /**
     * The array that holds all keys and values, each key followed by its value.
     *
     * @return <i>borrowed</i>: valid until the next {@code add}
     */
    public byte[] array() {
        return bytes;
    }

    /**
     * Where a key begins in {@link #array()}.
     *
     * @param index 0 to {@code size() - 1}
     * @return offset in bytes
     */
    public int keyOffset(int index) {
        return index == 0 ? 0 : itemEnds[index - 1];
    }

    /**
     * How long a key is.
     *
     * @param index 0 to {@code size() - 1}
     * @return length in bytes
     */
    public int keyLength(int index) {
        return keyEnds[index] - keyOffset(index);
    }

    /**
     * Where a value begins in {@link #array()}.
     *
     * @param index 0 to {@code size() - 1}
     * @return offset in bytes
     */
    public int valueOffset(int index) {
        return keyEnds[index];
    }

    /**
     * How long a value is.
     *
     * @param index 0 to {@code size() - 1}
     * @return length in bytes; 0 when the item was added without a value
     */
    public int valueLength(int index) {
        return itemEnds[index] - keyEnds[index];
    }

    private void append(DirectBuffer source, int offset, int length) {
        reserve(length);
        source.getBytes(offset, bytes, used, length);
        used += length;
    }

    private void append(byte[] source) {
        append(source, 0, source.length);
    }

    private void append(byte[] source, int offset, int length) {
        reserve(length);
        System.arraycopy(source, offset, bytes, used, length);
        used += length;
    }

    private void reserve(int length) {
        int needed = Math.addExact(used, length);
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(needed, 2L * bytes.length)));
        }
    }

    private DirectBatch endKey() {
        if (size == keyEnds.length) {
            keyEnds = Arrays.copyOf(keyEnds, 2 * size);
            itemEnds = Arrays.copyOf(itemEnds, 2 * size);
        }
        keyEnds[size] = used;
        return this;
    }

    private DirectBatch endItem() {
        itemEnds[size++] = used;
        return this;
    }
}
