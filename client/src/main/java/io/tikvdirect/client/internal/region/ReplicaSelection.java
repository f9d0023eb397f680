package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.ReplicaRead;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/**
 * Immutable. Which replica of a region a read goes to at first. The choice is made anew for each request, and only among
 * voters whose stores can be reached: learners may be of TiFlash, which serves no such reads.
 *
 * @param mode what is wanted
 * @param labels of the stores that are close, for {@link ReplicaRead#CLOSEST}; none: every store is
 */
public record ReplicaSelection(ReplicaRead mode, Map<String, String> labels) {

    /** Copies the labels. */
    public ReplicaSelection {
        labels = Map.copyOf(labels);
    }

    /**
     * Chooses.
     *
     * @param region where the leader is known
     * @param stores by id
     * @param random decides among equals
     * @param nowNs the present {@link System#nanoTime()}
     * @return index of the replica; the leader's when no other one fits
     */
    int choose(final Region region, final LongFunction<Store> stores, final RandomGenerator random, final long nowNs) {
        final int leader = region.leaderIndex();
        if (mode == ReplicaRead.LEADER
                || (mode == ReplicaRead.PREFER_LEADER && region.leader().isReachable(nowNs))) {
            return leader;
        }
        int fitting = 0;
        int chosen = leader;
        for (int i = 0; i < region.peerCount(); i++) {
            final Peer peer = region.peer(i);
            if (fits(peer, stores.apply(peer.storeId()), i == leader, nowNs) && random.nextInt(++fitting) == 0) {
                chosen = i;
            }
        }
        return chosen;
    }

    private boolean fits(final Peer peer, final Store store, final boolean isLeader, final long nowNs) {
        if (!peer.canLead() || !store.isReachable(nowNs)) {
            return false;
        }
        return switch (mode) {
            case FOLLOWER, PREFER_LEADER -> !isLeader;
            case CLOSEST -> isClose(store);
            default -> true;
        };
    }

    private boolean isClose(final Store store) {
        final Store.Description description = store.description();
        return description != null && description.labels().entrySet().containsAll(labels.entrySet());
    }
}
