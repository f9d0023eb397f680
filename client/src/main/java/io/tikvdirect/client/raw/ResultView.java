package io.tikvdirect.client.raw;

import org.agrona.DirectBuffer;

/**
 * Not thread-safe. A result read in place, without copying: a window over the bytes the network delivered.
 *
 * <p>The view and every buffer got from it are valid only during the callback that received it. {@link #retain()}
 * gives a view of its own that stays valid until it is {@link RetainedResult#close() closed}.
 *
 * <ul>
 *   <li>get: {@link #size()} is 0 (no such key) or 1;
 *   <li>put, delete, batch put, batch delete: {@link #size()} is 0;
 *   <li>batch get: {@link #size()} is the number of keys asked; {@link #isPresent(int)} tells which exist;
 *   <li>scan: {@link #size()} is the number of pairs found, in the order of the scan.
 * </ul>
 */
public interface ResultView {

    /**
     * The number of elements, see the class comment.
     *
     * @return 0 or more
     */
    int size();

    /**
     * Whether an element has a value (which may be empty).
     *
     * @param index 0 to {@code size() - 1}
     * @return false for a key of a batch get that does not exist
     */
    boolean isPresent(int index);

    /**
     * Shorthand for {@code size() > 0 && isPresent(0)}: whether a get found its key.
     *
     * @return true when there is a value
     */
    default boolean isPresent() {
        return size() > 0 && isPresent(0);
    }

    /**
     * The buffer that holds an element's value, together with {@link #valueOffset(int)} and {@link #valueLength(int)}.
     * The same buffer object is wrapped anew by the next call.
     *
     * @param index 0 to {@code size() - 1}; the element must be {@link #isPresent(int) present}
     * @return <i>borrowed</i>
     */
    DirectBuffer value(int index);

    /**
     * Where the value begins in {@link #value(int)}.
     *
     * @param index 0 to {@code size() - 1}
     * @return offset in bytes
     */
    int valueOffset(int index);

    /**
     * How long the value is.
     *
     * @param index 0 to {@code size() - 1}
     * @return length in bytes; 0 for an empty value, and in a scan for keys only
     */
    int valueLength(int index);

    /**
     * The buffer that holds an element's key, in the user's key space. Only scans have keys.
     *
     * @param index 0 to {@code size() - 1}
     * @return <i>borrowed</i>; wrapped anew by the next call
     * @throws IllegalStateException when the operation was not a scan
     */
    DirectBuffer key(int index);

    /**
     * Where the key begins in {@link #key(int)}.
     *
     * @param index 0 to {@code size() - 1}
     * @return offset in bytes
     */
    int keyOffset(int index);

    /**
     * How long the key is.
     *
     * @param index 0 to {@code size() - 1}
     * @return length in bytes
     */
    int keyLength(int index);

    /**
     * Copies a value out.
     *
     * @param index 0 to {@code size() - 1}; the element must be present
     * @return a new array
     */
    default byte[] copyValue(int index) {
        byte[] copy = new byte[valueLength(index)];
        value(index).getBytes(valueOffset(index), copy);
        return copy;
    }

    /**
     * Keeps the bytes beyond the callback without copying them. Allocates a small object, and pins the network buffer
     * the result lies in, which may be larger than the result; keep results shortly or copy them.
     *
     * @return a view that the caller closes (<i>gives</i>)
     */
    RetainedResult retain();
}
