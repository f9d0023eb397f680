package io.tikvdirect.client.internal.region;

import io.tikvdirect.codec.buffer.Bytes;
import io.tikvdirect.proto.metapb.PeerRole;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.agrona.DirectBuffer;

/**
 * Immutable but for the time of its last use and for being given up; both may be read and written by any thread. One
 * region as this client believes it to be: what it covers, and the route to the replica taken for its leader.
 *
 * <p>Bounds are user keys, cut to the client's key space. A change of leader, epoch or bounds makes another object, so
 * whoever holds one has a consistent route. A cache may hold a million of these, so the peers are {@linkplain PackedPeers
 * packed}.
 */
public final class Region {
    /** More replicas than TiKV's schedulers ever make; TiKV's default is 3. */
    static final int MAX_PEERS = 32;

    private static final int LEADER_BITS = 5;

    /** Reload tick of a region that is known well: it is looked up again when it has not been used for long. */
    private static final int NO_RELOAD = Integer.MAX_VALUE;

    /** Ticks until a reload is tried again. */
    private static final int RELOAD_PAUSE_TICKS = 10;

    private static final AtomicIntegerFieldUpdater<Region> RELOAD_TICK =
            AtomicIntegerFieldUpdater.newUpdater(Region.class, "reloadTick");

    private static final byte[] NO_BOUND = new byte[0];

    /** Never an epoch of a store: a region with this one was given up. */
    private static final int GIVEN_UP = -1;

    private final long id;
    private final long confVersion;
    private final long version;

    // What a look-up reads lies together: the virtual machine puts numbers before references, each in this order.
    /** The leader's index in the low bits, the lifetime in ticks above: a field more would cost every region 8 bytes. */
    private final int lifetimeAndLeader;

    private int lastUsedTick;
    private volatile int reloadTick;
    private volatile int routeEpoch;
    private final Store leader;
    private final byte[] context;
    private final byte[] start;
    private final byte[] end;
    private final byte[] peers;

    private Region(
            final Builder from,
            final int leaderIndex,
            final Store leader,
            final RouteEncoder encoder,
            final long bucketsVersion) {
        this.id = from.id;
        this.confVersion = from.confVersion;
        this.version = from.version;
        this.start = from.start;
        this.end = from.end;
        this.peers = PackedPeers.pack(id, from.peers);
        this.leader = leader;
        this.lifetimeAndLeader = from.lifetimeTicks << LEADER_BITS | leaderIndex;
        this.reloadTick = from.isDoubtful ? from.tick + from.lifetimeTicks : NO_RELOAD;
        this.routeEpoch = leader.failureEpoch();
        this.context = encoder.encode(id, confVersion, version, peer(leaderIndex), bucketsVersion);
        this.lastUsedTick = from.tick;
    }

    private Region(
            final Region from,
            final int leaderIndex,
            final Store leader,
            final RouteEncoder encoder,
            final long bucketsVersion) {
        this.id = from.id;
        this.confVersion = from.confVersion;
        this.version = from.version;
        this.start = from.start;
        this.end = from.end;
        this.peers = from.peers;
        this.leader = leader;
        this.lifetimeAndLeader = from.lifetimeTicks() << LEADER_BITS | leaderIndex;
        this.reloadTick = from.reloadTick;
        this.routeEpoch = leader.failureEpoch();
        this.context = encoder.encode(id, confVersion, version, peer(leaderIndex), bucketsVersion);
        this.lastUsedTick = from.lastUsedTick;
    }

    /**
     * A route to a store itself, for requests that concern no region.
     *
     * @param store whose address is known
     * @param context what such requests have in their Context
     * @return without bounds, its id is 0
     */
    public static Region ofStore(final Store store, final byte[] context) {
        final Peer peer = new Peer(0, store.id(), PeerRole.Voter);
        return new Builder(0, 0, 0, NO_BOUND, NO_BOUND, List.of(peer))
                .build(0, store, (id, confVersion, version, leader, bucketsVersion) -> context, 0);
    }

    /**
     * Region id.
     *
     * @return positive
     */
    public long id() {
        return id;
    }

    /**
     * Epoch: how often splits and merges changed the bounds.
     *
     * @return at least 1 in a live cluster
     */
    public long version() {
        return version;
    }

    /**
     * Epoch: how often peers changed.
     *
     * @return at least 1 in a live cluster
     */
    public long confVersion() {
        return confVersion;
    }

    /**
     * First user key.
     *
     * @return the region's own array, to be read only; empty for the first key of the key space
     */
    public byte[] start() {
        return start;
    }

    /**
     * First user key behind the region.
     *
     * @return the region's own array, to be read only; empty for the end of the key space
     */
    public byte[] end() {
        return end;
    }

    /**
     * The store requests to this region go to.
     *
     * @return a store whose address is known
     */
    public Store leader() {
        return leader;
    }

    /**
     * The replica requests to this region go to: the leader, as far as this client knows.
     *
     * @return a new value
     */
    public Peer leaderPeer() {
        return peer(leaderIndex());
    }

    /**
     * The constant part of the Context of every request to {@link #leaderPeer}.
     *
     * @return the region's own array, to be read only
     */
    public byte[] context() {
        return context;
    }

    /**
     * How many replicas there are.
     *
     * @return at least 1, witnesses not counted
     */
    public int peerCount() {
        return PackedPeers.count(peers);
    }

    /**
     * One of the replicas.
     *
     * @param index from 0 to {@link #peerCount()} - 1
     * @return a new value
     */
    public Peer peer(final int index) {
        return PackedPeers.peer(peers, id, index);
    }

    /**
     * All replicas.
     *
     * @return a new list
     */
    public List<Peer> peers() {
        final List<Peer> all = new ArrayList<>(peerCount());
        for (int i = 0; i < peerCount(); i++) {
            all.add(peer(i));
        }
        return all;
    }

    /**
     * Whether a user key lies in this region.
     *
     * @param key any key
     * @return true when {@code start <= key < end}
     */
    public boolean contains(final byte[] key) {
        return Arrays.compareUnsigned(start, key) <= 0 && isBeforeEnd(key);
    }

    private boolean isBeforeEnd(final byte[] key) {
        return end.length == 0 || Arrays.compareUnsigned(key, end) < 0;
    }

    /** Whether a user key lies in this region. */
    boolean contains(final DirectBuffer key, final int offset, final int length) {
        return Bytes.compare(key, offset, length, start) >= 0
                && (end.length == 0 || Bytes.compare(key, offset, length, end) < 0);
    }

    /**
     * Whether this region lies directly left of a key: the last region of a range that ends there.
     *
     * @param endKey an exclusive end; empty for the end of the key space
     * @return true when {@code start < endKey <= end}
     */
    public boolean containsEnd(final byte[] endKey) {
        if (endKey.length == 0) {
            return end.length == 0;
        }
        return Arrays.compareUnsigned(start, endKey) < 0
                && (end.length == 0 || Arrays.compareUnsigned(endKey, end) <= 0);
    }

    /**
     * Whether requests may be sent by this route: nobody gave the region up, and no send to its store has failed since.
     *
     * @return false when it has to be looked up again
     */
    public boolean isUsable() {
        return leader.failureEpoch() == routeEpoch;
    }

    /** Gives the region up: it stays known for its epoch, but is looked up again. By way of {@link RegionTable#giveUp}. */
    void giveUp() {
        routeEpoch = GIVEN_UP;
    }

    /** Whether this is known to be newer than {@code other}, both having the same id. */
    boolean isNewerThan(final Region other) {
        return version > other.version || confVersion > other.confVersion;
    }

    boolean isExpired(final int tick) {
        return tick - lastUsedTick > lifetimeTicks();
    }

    private int lifetimeTicks() {
        return lifetimeAndLeader >>> LEADER_BITS;
    }

    /** Whether PD should be asked about it again although it is in use: it had replicas down when PD described it. */
    boolean isReloadDue(final int tick) {
        return tick >= reloadTick;
    }

    /** Whether PD is asked about it again after its lifetime however much it is used. */
    boolean isDoubtful() {
        return reloadTick != NO_RELOAD;
    }

    /** Moves a due reload on; true for the one caller who did it. */
    boolean postponeReload(final int tick) {
        final int due = reloadTick;
        return tick >= due && RELOAD_TICK.compareAndSet(this, due, tick + RELOAD_PAUSE_TICKS);
    }

    /** PD says it is still so. */
    void renew(final int tick) {
        lastUsedTick = tick;
        if (isDoubtful()) {
            reloadTick = tick + lifetimeTicks();
        }
    }

    /** Extends the lifetime; a race between two uses within a tick loses nothing. */
    void use(final int tick) {
        if (lastUsedTick != tick) {
            lastUsedTick = tick;
        }
    }

    int lastUsedTick() {
        return lastUsedTick;
    }

    /** Index of the replica on that store, -1 when there is none. */
    int indexOfStore(final long storeId) {
        for (int i = 0; i < peerCount(); i++) {
            if (peer(i).storeId() == storeId) {
                return i;
            }
        }
        return -1;
    }

    int leaderIndex() {
        return lifetimeAndLeader & MAX_PEERS - 1;
    }

    /** The same region by the route to another replica. */
    Region withLeader(final int index, final Store store, final RouteEncoder encoder, final long bucketsVersion) {
        return new Region(this, index, store, encoder, bucketsVersion);
    }

    /** Id and epoch; bounds are keys and stay out. */
    @Override
    public String toString() {
        return "Region[" + id + " epoch " + version + '/' + confVersion + " at " + leader + ']';
    }

    /** Confined to one thread. What a region is made of, before its route is chosen. */
    static final class Builder {
        private final long id;
        private final long confVersion;
        private final long version;
        private final byte[] start;
        private final byte[] end;
        private final List<Peer> peers;
        private int lifetimeTicks;
        private int tick;
        private boolean isDoubtful;

        Builder(
                final long id,
                final long confVersion,
                final long version,
                final byte[] start,
                final byte[] end,
                final List<Peer> peers) {
            this.id = id;
            this.confVersion = confVersion;
            this.version = version;
            this.start = start;
            this.end = end;
            this.peers = peers.size() > MAX_PEERS ? peers.subList(0, MAX_PEERS) : peers;
        }

        Builder lifetime(final int nowTick, final int ticks) {
            tick = nowTick;
            lifetimeTicks = ticks;
            return this;
        }

        /** Its replicas are not all well: use does not extend its lifetime. */
        Builder doubtful(final boolean doubtful) {
            isDoubtful = doubtful;
            return this;
        }

        List<Peer> peers() {
            return peers;
        }

        Region build(final int leaderIndex, final Store leader, final RouteEncoder encoder, final long bucketsVersion) {
            return new Region(this, leaderIndex, leader, encoder, bucketsVersion);
        }
    }
}
