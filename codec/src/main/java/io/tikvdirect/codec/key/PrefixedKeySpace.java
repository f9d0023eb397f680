package io.tikvdirect.codec.key;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.wire.MalformedMessageException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Immutable: a keyspace of API V2. Its keys begin with the mode byte and three bytes of keyspace id, big endian; its end is
 * that prefix plus one, as a number. PD knows its keys encoded.
 */
final class PrefixedKeySpace implements KeySpace {
    private static final int API_V2 = 2;
    private static final int PREFIX_LENGTH = 4;

    private final KeyMode mode;
    private final int keyspaceId;
    private final byte[] prefix;
    private final byte[] end;
    private final byte[] encodedPrefix;
    private final byte[] encodedEnd;

    /**
     * The very first region key behind all keys of this key space. It is less than {@link #encodedEnd} where the end has
     * trailing zeros: behind keyspace 0xFF comes not only 00 01 00 but, before it, also the shorter 00 01.
     */
    private final byte[] encodedLimit;

    PrefixedKeySpace(final KeyMode mode, final int keyspaceId) {
        if (keyspaceId < 0 || keyspaceId > MAX_KEYSPACE_ID) {
            throw new IllegalArgumentException("keyspace id " + keyspaceId + " is not within 0 to " + MAX_KEYSPACE_ID);
        }
        this.mode = mode;
        this.keyspaceId = keyspaceId;
        final int number = mode.prefix() << 24 | keyspaceId;
        this.prefix = bigEndian(number);
        this.end = bigEndian(number + 1);
        this.encodedPrefix = MemcomparableCodec.encode(prefix);
        this.encodedEnd = MemcomparableCodec.encode(end);
        this.encodedLimit = MemcomparableCodec.encode(withoutTrailingZeros(end));
    }

    private static byte[] bigEndian(final int number) {
        return new byte[] {(byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number};
    }

    private static byte[] withoutTrailingZeros(final byte[] key) {
        int length = key.length;
        while (key[length - 1] == 0) {
            length--;
        }
        return Arrays.copyOf(key, length);
    }

    @Override
    public int apiVersion() {
        return API_V2;
    }

    @Override
    public long keyspaceId() {
        return keyspaceId;
    }

    @Override
    public byte[] prefix() {
        return prefix;
    }

    @Override
    public byte[] end() {
        return end;
    }

    @Override
    public byte[] storeKey(final byte[] userKey) {
        final byte[] storeKey = Arrays.copyOf(prefix, PREFIX_LENGTH + userKey.length);
        System.arraycopy(userKey, 0, storeKey, PREFIX_LENGTH, userKey.length);
        return storeKey;
    }

    @Override
    public byte[] userKey(final byte[] storeKey) throws ForeignKeyException {
        if (storeKey.length < PREFIX_LENGTH || !Arrays.equals(storeKey, 0, PREFIX_LENGTH, prefix, 0, PREFIX_LENGTH)) {
            throw foreign(storeKey.length);
        }
        return Arrays.copyOfRange(storeKey, PREFIX_LENGTH, storeKey.length);
    }

    @Override
    public int userKeyOffset(final ByteBuf buffer, final int offset, final int length) throws ForeignKeyException {
        if (!Bytes.startsWith(buffer, offset, length, prefix)) {
            throw foreign(length);
        }
        return offset + PREFIX_LENGTH;
    }

    @Override
    public byte[] regionKey(final byte[] userKey) {
        return userKey.length == 0 ? encodedPrefix : MemcomparableCodec.encode(storeKey(userKey));
    }

    @Override
    public byte[] regionRangeEnd(final byte[] userEnd) {
        return userEnd.length == 0 ? encodedEnd : regionKey(userEnd);
    }

    @Override
    public byte[] userKeyOfRegionKey(final byte[] regionKey) throws MalformedMessageException {
        return userKey(MemcomparableCodec.decode(regionKey));
    }

    @Override
    public @Nullable KeyBounds clip(final byte[] regionStart, final byte[] regionEnd) throws MalformedMessageException {
        final boolean endsBefore = regionEnd.length != 0 && Arrays.compareUnsigned(regionEnd, encodedPrefix) <= 0;
        if (endsBefore || Arrays.compareUnsigned(regionStart, encodedLimit) >= 0) {
            return null;
        }
        final boolean startsBefore = Arrays.compareUnsigned(regionStart, encodedPrefix) <= 0;
        final boolean endsBeyond = regionEnd.length == 0 || Arrays.compareUnsigned(regionEnd, encodedLimit) >= 0;
        return new KeyBounds(
                startsBefore ? Bytes.EMPTY : userKeyOfRegionKey(regionStart),
                endsBeyond ? Bytes.EMPTY : userKeyOfRegionKey(regionEnd));
    }

    private ForeignKeyException foreign(final int length) {
        return new ForeignKeyException("a key of " + length + " bytes is not in " + this);
    }

    @Override
    public String toString() {
        return "v2 " + mode + " keyspace " + keyspaceId;
    }
}
