package io.tikvdirect.client;

/** Immutable. Which replica of a region serves a read. Either way the newest value is read. */
public enum ReplicaRead {
    /** The leader. */
    LEADER,
    /**
     * Another replica than the leader, picked anew for each request among those that can be reached: it asks the leader how
     * far the log goes and waits until it is there itself. A request that it cannot serve goes to the leader.
     */
    FOLLOWER
}
