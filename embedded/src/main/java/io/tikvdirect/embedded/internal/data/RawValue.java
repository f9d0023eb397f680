package io.tikvdirect.embedded.internal.data;

import com.google.protobuf.ByteString;

/**
 * Immutable. A raw value and when it ends.
 *
 * @param bytes the user's value
 * @param expiresAtSecond the second since 1970 from which the pair is invisible; 0 = never
 */
public record RawValue(ByteString bytes, long expiresAtSecond) {
    /** Whether the pair is visible at {@code nowSecond}. */
    public boolean isAlive(long nowSecond) {
        return expiresAtSecond == 0 || Long.compareUnsigned(nowSecond, expiresAtSecond) < 0;
    }
}
