package io.tikvdirect.codec.key;

import io.netty.buffer.ByteBuf;
import io.tikvdirect.codec.wire.MalformedMessageException;
import org.jspecify.annotations.Nullable;

/**
 * Immutable and thread-safe: how the keys a user knows become the keys that stores and PD know, and back.
 *
 * <p>There are three kinds of keys. A <b>user key</b> is what the application says. A <b>store key</b> is what a request to
 * a store carries: the user key behind the {@link #prefix}. A <b>region key</b> is what PD, region bounds and epoch errors
 * speak of: the store key itself where the key space is raw and of V1, else its memcomparable encoding.
 *
 * <p>An empty key as the end of a range means "to the end" for all three kinds. In a key space with a prefix that becomes
 * {@link #end}, so that no range ever leaves the key space.
 *
 * <p>Applied once, at the routing boundary: the code above sees user keys only.
 */
public sealed interface KeySpace permits PlainKeySpace, PrefixedKeySpace {
    /** {@link #keyspaceId} of a key space that has none, as PD numbers it. */
    long NO_KEYSPACE = 0xFFFF_FFFFL;

    /** The largest id of a keyspace: 24 bits. */
    int MAX_KEYSPACE_ID = (1 << 24) - 1;

    /**
     * Raw data of API V1: keys are sent, and known to PD, as they are.
     *
     * @return the key space
     */
    static KeySpace v1() {
        return PlainKeySpace.V1;
    }

    /**
     * Raw data of API V1 on stores with TTL enabled: the same bytes and, because those stores refuse the version number
     * V1TTL, the same {@link #apiVersion} as V1.
     *
     * @return the key space
     */
    static KeySpace v1Ttl() {
        return PlainKeySpace.V1_TTL;
    }

    /**
     * Transactional data of API V1: keys are sent as they are, PD knows them encoded.
     *
     * @return the key space
     */
    static KeySpace v1Txn() {
        return PlainKeySpace.V1_TXN;
    }

    /**
     * A keyspace of API V2.
     *
     * @param mode kind of data
     * @param keyspaceId 0 to {@link #MAX_KEYSPACE_ID}
     * @return the key space
     * @throws IllegalArgumentException if the id has more than 24 bits
     */
    static KeySpace v2(final KeyMode mode, final int keyspaceId) {
        return new PrefixedKeySpace(mode, keyspaceId);
    }

    /**
     * Number to send as {@code Context.api_version}.
     *
     * @return a number of {@code kvrpcpb.APIVersion}: 0 for V1 and V1TTL, 2 for V2
     */
    int apiVersion();

    /**
     * Id to send as {@code Context.keyspace_id}.
     *
     * @return the id, or {@link #NO_KEYSPACE}
     */
    long keyspaceId();

    /**
     * What stands before the user key in a store key.
     *
     * @return maybe empty; shared, must not be changed
     */
    byte[] prefix();

    /**
     * The first store key beyond the key space.
     *
     * @return exclusive end; empty if there is none; shared, must not be changed
     */
    byte[] end();

    /**
     * User key to store key.
     *
     * @param userKey any; empty gives the first key of the key space, as a range's start
     * @return store key; may be the same array
     */
    byte[] storeKey(byte[] userKey);

    /**
     * End of a user range to end of a store range.
     *
     * @param userEnd exclusive; empty means to the end
     * @return exclusive end; empty only where the key space has no end; may be a shared array that must not be changed
     */
    default byte[] storeRangeEnd(final byte[] userEnd) {
        return userEnd.length == 0 ? end() : storeKey(userEnd);
    }

    /**
     * Store key to user key.
     *
     * @param storeKey from an answer
     * @return user key; may be the same array
     * @throws ForeignKeyException if it is not in this key space
     */
    byte[] userKey(byte[] storeKey) throws ForeignKeyException;

    /**
     * Where the user key begins in a store key that lies in a buffer: checks the prefix, allocates nothing.
     *
     * @param buffer borrowed
     * @param offset absolute index of the store key
     * @param length of the store key
     * @return absolute index of the user key; its length is the rest
     * @throws ForeignKeyException if it is not in this key space
     */
    int userKeyOffset(ByteBuf buffer, int offset, int length) throws ForeignKeyException;

    /**
     * User key to region key, to ask PD with.
     *
     * @param userKey any; empty gives the first key of the key space
     * @return region key; may be the same array, or a shared one that must not be changed
     */
    byte[] regionKey(byte[] userKey);

    /**
     * End of a user range to end of a range of region keys.
     *
     * @param userEnd exclusive; empty means to the end
     * @return exclusive end; empty only where the key space has no end; may be a shared array that must not be changed
     */
    byte[] regionRangeEnd(byte[] userEnd);

    /**
     * Region key to user key, for split keys and the like that PD or a store names.
     *
     * @param regionKey not empty
     * @return user key
     * @throws ForeignKeyException if it is not in this key space
     * @throws MalformedMessageException if it is not encoded as region keys are
     */
    byte[] userKeyOfRegionKey(byte[] regionKey) throws MalformedMessageException;

    /**
     * A region's bounds as user keys, clipped to this key space. Bounds outside of the key space may be anything; they are
     * compared, not decoded.
     *
     * @param regionStart inclusive region key, empty for none
     * @param regionEnd exclusive region key, empty for none
     * @return bounds, or null if the region has no key of this key space
     * @throws MalformedMessageException if a bound within the key space is not encoded as region keys are
     */
    @Nullable
    KeyBounds clip(byte[] regionStart, byte[] regionEnd) throws MalformedMessageException;
}
