package io.tikvdirect.client.internal.region;

/** Thread-safe. Makes the constant part of a request's Context for a route, once per route. */
@FunctionalInterface
public interface RouteEncoder {

    /**
     * Encodes what every request to that replica of the region carries.
     *
     * @param regionId region id
     * @param confVersion epoch configuration version
     * @param version epoch version
     * @param peer the replica addressed
     * @param bucketsVersion version of the region's buckets, 0 when none are known
     * @return encoded fields of {@code kvrpcpb.Context}, kept and shared by the region
     */
    byte[] encode(long regionId, long confVersion, long version, Peer peer, long bucketsVersion);
}
