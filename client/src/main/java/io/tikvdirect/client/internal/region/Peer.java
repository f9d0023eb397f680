package io.tikvdirect.client.internal.region;

import io.tikvdirect.proto.metapb.PeerRole;

/**
 * Immutable. A replica of a region.
 *
 * @param id peer id
 * @param storeId the store that holds it
 * @param role what it may do in its Raft group
 */
public record Peer(long id, long storeId, PeerRole role) {

    /**
     * Whether this replica may become leader.
     *
     * @return false for learners, among them all of TiFlash
     */
    public boolean canLead() {
        return role == PeerRole.Voter || role == PeerRole.IncomingVoter;
    }
}
