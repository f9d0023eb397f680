package io.tikvdirect.client.internal.region;

import io.tikvdirect.proto.metapb.PeerRole;
import java.util.Arrays;
import java.util.List;

/**
 * Stateless. The replicas of a region in a few bytes, because a cache may hold a million regions: their number, then for
 * each one the difference of its id to the region's, and its store and role, as varints.
 */
final class PackedPeers {
    private static final int ROLE_BITS = 2;
    private static final PeerRole[] ROLES = {
        PeerRole.Voter, PeerRole.Learner, PeerRole.IncomingVoter, PeerRole.DemotingVoter
    };
    private static final int LONGEST_VARINT = 10;
    private static final int PAYLOAD_BITS = 7;
    private static final int MORE = 1 << PAYLOAD_BITS;

    private PackedPeers() {}

    static byte[] pack(final long regionId, final List<Peer> peers) {
        final byte[] packed = new byte[1 + peers.size() * 2 * LONGEST_VARINT];
        packed[0] = (byte) peers.size();
        int end = 1;
        for (final Peer peer : peers) {
            final long difference = peer.id() - regionId;
            end = write(packed, end, (difference << 1) ^ (difference >> (Long.SIZE - 1)));
            final int role = Math.max(0, Arrays.asList(ROLES).indexOf(peer.role()));
            end = write(packed, end, (peer.storeId() << ROLE_BITS) | role);
        }
        return Arrays.copyOf(packed, end);
    }

    private static int write(final byte[] into, final int at, final long number) {
        int end = at;
        long rest = number;
        while ((rest & -MORE) != 0) {
            into[end++] = (byte) (rest | MORE);
            rest >>>= PAYLOAD_BITS;
        }
        into[end++] = (byte) rest;
        return end;
    }

    static int count(final byte[] packed) {
        return packed[0];
    }

    static Peer peer(final byte[] packed, final long regionId, final int index) {
        int at = 1;
        for (int varint = 0; varint < 2 * index; varint++) {
            at = behind(packed, at);
        }
        final long zigzag = read(packed, at);
        final long storeAndRole = read(packed, behind(packed, at));
        return new Peer(
                regionId + ((zigzag >>> 1) ^ -(zigzag & 1)),
                storeAndRole >>> ROLE_BITS,
                ROLES[(int) storeAndRole & (ROLES.length - 1)]);
    }

    private static int behind(final byte[] packed, final int at) {
        int end = at;
        while (packed[end] < 0) {
            end++;
        }
        return end + 1;
    }

    private static long read(final byte[] packed, final int at) {
        long number = 0;
        int shift = 0;
        for (int i = at; ; i++) {
            number |= (long) (packed[i] & (MORE - 1)) << shift;
            if (packed[i] >= 0) {
                return number;
            }
            shift += PAYLOAD_BITS;
        }
    }
}
