package io.tikvdirect.client;

/**
 * Immutable. Which replica of a region serves a read. Whichever it is, it serves what the leader would: it asks the leader
 * how far the log goes and waits until it is there itself. A request that it cannot serve goes to the leader.
 */
public enum ReplicaRead {
    /** The leader. */
    LEADER,
    /** Another replica than the leader, picked anew for each request among those that can be reached. */
    FOLLOWER,
    /** The leader while it can be reached, else another replica. Reads of transactions only. */
    PREFER_LEADER,
    /**
     * A replica on a store that has the labels asked for, picked anew for each request among those that can be reached; the
     * leader when there is none. Reads of transactions only.
     */
    CLOSEST,
    /** Any replica, picked anew for each request among those that can be reached. Reads of transactions only. */
    MIXED
}
