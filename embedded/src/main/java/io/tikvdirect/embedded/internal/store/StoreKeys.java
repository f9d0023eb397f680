package io.tikvdirect.embedded.internal.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.internal.data.Memcomparable;
import java.util.Arrays;

/**
 * Immutable. How the keys of raw requests stand to the keys that are stored and compared with region bounds: the same on
 * API V1, memcomparable on V2.
 */
public final class StoreKeys {
    private static final int TIMESTAMP_BYTES = 8;

    private final boolean encoded;

    /** The keys of a store with that API version. */
    public StoreKeys(EmbeddedApiVersion apiVersion) {
        this.encoded = apiVersion == EmbeddedApiVersion.V2;
    }

    /** The stored form of a request's key. */
    public byte[] stored(ByteString key) {
        return stored(key.toByteArray());
    }

    /** The stored form of a request's key. */
    public byte[] stored(byte[] key) {
        return encoded ? Memcomparable.encode(key) : key;
    }

    /** The stored form of a range's end, where empty means none. */
    public byte[] storedEnd(ByteString end) {
        return end.isEmpty() ? new byte[0] : stored(end);
    }

    /** The request's form of a stored key. */
    public ByteString user(byte[] stored) {
        return UnsafeByteOperations.unsafeWrap(userBytes(stored));
    }

    /** The request's form of a stored key, or of a region bound; a bound that is no encoded key stays as it is. */
    public byte[] userBytes(byte[] stored) {
        return encoded && Memcomparable.encodedLength(stored) == stored.length ? Memcomparable.decode(stored) : stored;
    }

    /** The stored key as a write proposes it: on V2 with the 8 bytes of a timestamp behind (SURPRISES 10). */
    public byte[] proposed(byte[] stored, long timestamp) {
        if (!encoded) {
            return stored;
        }
        byte[] proposed = Arrays.copyOf(stored, stored.length + TIMESTAMP_BYTES);
        for (int i = 0; i < TIMESTAMP_BYTES; i++) {
            proposed[stored.length + i] = (byte) (~timestamp >>> (8 * (TIMESTAMP_BYTES - 1 - i)));
        }
        return proposed;
    }

    /** Whether keys are stored encoded. */
    public boolean areEncoded() {
        return encoded;
    }
}
