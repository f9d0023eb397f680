package io.tikvdirect.codec.key;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.codec.wire.MalformedMessageException;

/** Immutable: the key spaces of API V1, which have no prefix and differ in whether PD knows the keys encoded. */
final class PlainKeySpace implements KeySpace {
    static final KeySpace V1 = new PlainKeySpace("v1", false);
    static final KeySpace V1_TTL = new PlainKeySpace("v1ttl", false);
    static final KeySpace V1_TXN = new PlainKeySpace("v1 txn", true);

    private static final int API_V1 = 0;

    private final String name;
    private final boolean encodedRegions;

    private PlainKeySpace(final String name, final boolean encodedRegions) {
        this.name = name;
        this.encodedRegions = encodedRegions;
    }

    @Override
    public int apiVersion() {
        return API_V1;
    }

    @Override
    public long keyspaceId() {
        return NO_KEYSPACE;
    }

    @Override
    public byte[] prefix() {
        return Bytes.EMPTY;
    }

    @Override
    public byte[] end() {
        return Bytes.EMPTY;
    }

    @Override
    public byte[] storeKey(final byte[] userKey) {
        return userKey;
    }

    @Override
    public byte[] userKey(final byte[] storeKey) {
        return storeKey;
    }

    @Override
    public int userKeyOffset(final ByteBuf buffer, final int offset, final int length) {
        return offset;
    }

    @Override
    public byte[] regionKey(final byte[] userKey) {
        // The beginning of everything is empty for PD, encoded or not
        return encodedRegions && userKey.length != 0 ? MemcomparableCodec.encode(userKey) : userKey;
    }

    @Override
    public byte[] regionRangeEnd(final byte[] userEnd) {
        return regionKey(userEnd);
    }

    @Override
    public byte[] userKeyOfRegionKey(final byte[] regionKey) throws MalformedMessageException {
        return encodedRegions ? MemcomparableCodec.decode(regionKey) : regionKey;
    }

    @Override
    public KeyBounds clip(final byte[] regionStart, final byte[] regionEnd) throws MalformedMessageException {
        return new KeyBounds(bound(regionStart), bound(regionEnd));
    }

    private byte[] bound(final byte[] regionKey) throws MalformedMessageException {
        return regionKey.length == 0 ? regionKey : userKeyOfRegionKey(regionKey);
    }

    @Override
    public String toString() {
        return name;
    }
}
