package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.proto.errorpb.BucketVersionNotMatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. Where keys live: the client's picture of the cluster's regions, and how it is mended.
 *
 * <p>{@link #locate} is the hot path: no lock, no allocation, about a hundred nanoseconds. It gives a region that is usable
 * as far as anybody knows, or null; then {@link #load} asks PD, once for all who miss the same keys. What stores answer
 * flows back through {@link #invalidate}, {@link #onLeader}, {@link #replace} and {@link Store#onUnreachable}. PD is trusted
 * less than the stores: an answer of PD that is older than what a store said is refused and asked for again.
 *
 * <p>All keys here are user keys; the key space is applied on the way to and from PD.
 */
public final class RegionCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RegionCache.class);

    /** A million regions take some thousand pages. */
    private static final long REFRESH_NS = TimeUnit.MINUTES.toNanos(5);

    private final AtomicBoolean refreshing = new AtomicBoolean();
    private final KeySpace keySpace;
    private final PlacementDriver pd;
    private final int maxRegions;
    private final RegionTable table;
    private final BucketTable buckets;
    private final SoftReload reload;
    private final RegionAssembler assembler;
    private final BucketRefresh refresh;
    private final RegionIntake intake;
    private final StoreTable stores;
    private final RegionLoader byKey;
    private final RegionLoader byEnd;
    private final Map<InvalidReason, LongAdder> invalidations = new EnumMap<>(InvalidReason.class);

    /**
     * An empty cache. Its owner calls {@link #onTick} every second.
     *
     * @param config sizes and lifetimes
     * @param keySpace the client's key space
     * @param pd where regions are looked up
     * @param stores the stores they lead to
     * @param encoder makes the constant part of Contexts
     * @param scheduler for pauses and deadlines of look-ups, an event loop for instance
     * @param random for jitter
     */
    public RegionCache(
            final Config config,
            final KeySpace keySpace,
            final PlacementDriver pd,
            final StoreTable stores,
            final RouteEncoder encoder,
            final ScheduledExecutorService scheduler,
            final RandomGenerator random) {
        final int ttl = Math.toIntExact(config.regionsTtl().toSeconds());
        final int jitter = Math.toIntExact(config.regionsTtlJitter().toSeconds());
        this.keySpace = keySpace;
        this.pd = pd;
        this.maxRegions = config.regionsMax();
        this.stores = stores;
        this.buckets = new BucketTable(keySpace);
        this.reload = new SoftReload(pd, keySpace, found -> intake().enter(found));
        this.table =
                new RegionTable(config.regionsMax(), random, stores.generation(), new RegionWatcher(buckets, reload));
        this.assembler = new RegionAssembler(keySpace, stores, encoder, buckets, random, ttl, jitter);
        this.refresh = new BucketRefresh(pd, table, assembler, buckets);
        this.intake = new RegionIntake(stores, table, assembler, refresh);
        this.byKey = new RegionLoader(
                new RegionSearch.ByKey(table, pd, keySpace, config.regionsPrefetch()), intake::enter, scheduler);
        this.byEnd = new RegionLoader(new RegionSearch.ByEnd(table, pd, keySpace), intake::enter, scheduler);
        for (final InvalidReason reason : InvalidReason.values()) {
            invalidations.put(reason, new LongAdder());
        }
    }

    private RegionIntake intake() {
        return intake;
    }

    /**
     * The region of a key, if it is known and usable. Allocates nothing.
     *
     * @param key user key
     * @return null when it has to be loaded
     */
    public @Nullable Region locate(final byte[] key) {
        return table.locate(key);
    }

    /**
     * The region of a key, if it is known and usable. Allocates nothing.
     *
     * @param key borrows the buffer that holds the user key
     * @param offset where the key begins
     * @param length its length
     * @return null when it has to be loaded
     */
    public @Nullable Region locate(final DirectBuffer key, final int offset, final int length) {
        return table.locate(key, offset, length);
    }

    /**
     * The region directly left of an exclusive end, if it is known and usable: where a reverse scan begins.
     *
     * @param endKey user key; empty for the end of the key space
     * @return null when it has to be loaded
     */
    public @Nullable Region locateEnd(final byte[] endKey) {
        return table.locateEnd(endKey);
    }

    /**
     * The region with an id, as last heard of.
     *
     * @param regionId region id
     * @return null when unknown; not necessarily usable
     */
    public @Nullable Region byId(final long regionId) {
        return table.byId(regionId);
    }

    /**
     * The region of a key, from the cache or from PD; at most one request for all who miss the same keys.
     *
     * @param key user key, copied
     * @param deadlineNs {@link System#nanoTime()} based
     * @return completes by the deadline, on PD's event loop or at once; cancelling it leaves others undisturbed. Fails
     *     with a {@link io.tikvdirect.client.TikvException}
     */
    public CompletableFuture<Region> load(final byte[] key, final long deadlineNs) {
        return byKey.load(key, deadlineNs);
    }

    /**
     * The region directly left of an exclusive end, from the cache or from PD.
     *
     * @param endKey user key, copied; empty for the end of the key space
     * @param deadlineNs {@link System#nanoTime()} based
     * @return as {@link #load}
     */
    public CompletableFuture<Region> loadEnd(final byte[] endKey, final long deadlineNs) {
        return byEnd.load(endKey, deadlineNs);
    }

    /**
     * Loads all regions of a range, whether or not they are known, at most as many as the cache may hold.
     *
     * @param range user keys
     * @param deadlineNs {@link System#nanoTime()} based
     * @return how many there are and which stores lead them; fails with a {@link io.tikvdirect.client.TikvException}
     */
    public CompletableFuture<RegionPreload.Preloaded> preload(final KeyRange range, final long deadlineNs) {
        final byte[] end = keySpace.regionRangeEnd(range.end());
        return new RegionPreload(pd, intake::enter, end, maxRegions, deadlineNs)
                .from(keySpace.regionKey(range.start()));
    }

    /** Begins to load all regions, known or not, unless that is under way; at the end they are as PD described them. */
    public void refresh() {
        if (!refreshing.compareAndSet(false, true)) {
            return;
        }
        final CompletableFuture<?> unused = preload(KeyRange.all(), System.nanoTime() + REFRESH_NS)
                .whenComplete((done, failure) -> {
                    refreshing.set(false);
                    if (failure != null) {
                        LOG.debug("the regions could not be refreshed: {}", failure.toString());
                    }
                });
    }

    /**
     * Gives a region up: the next caller looks it up again.
     *
     * @param region as it was located
     * @param reason why
     */
    public void invalidate(final Region region, final InvalidReason reason) {
        if (region.isUsable()) {
            counter(reason).increment();
        }
        table.giveUp(region);
        final Region current = table.byId(region.id());
        if (current != null && current.version() == region.version() && current.confVersion() == region.confVersion()) {
            table.giveUp(current);
        }
    }

    /**
     * Takes a store's hint where the leader is (ERR-01).
     *
     * @param region as it was located
     * @param storeId store of the hinted leader
     * @return the region by its new route, usable at once; null when the hinted replica is unknown, then the region was
     *     given up, or when its store cannot be reached, then nothing changed
     */
    public @Nullable Region onLeader(final Region region, final long storeId) {
        if (region.indexOfStore(storeId) < 0 || !stores.store(storeId).isResolved()) {
            invalidate(region, InvalidReason.UNKNOWN_LEADER);
            return null;
        }
        final Region rerouted = assembler.rerouted(region, storeId);
        if (rerouted != null) {
            table.reroute(region, rerouted);
        }
        return rerouted;
    }

    /**
     * Turns to another replica that might lead, when the present one does not and names nobody (ERR-02, REG-11).
     *
     * @param region as it was located
     * @return the region by its new route; null when there is no other replica, then the region was given up
     */
    public @Nullable Region tryOther(final Region region) {
        final Region rerouted = assembler.reroutedElsewhere(region);
        if (rerouted == null) {
            invalidate(region, InvalidReason.NO_CANDIDATE);
            return null;
        }
        table.reroute(region, rerouted);
        return rerouted;
    }

    /**
     * The route to a replica that does not lead, for one read.
     *
     * @param region as it was located
     * @return made for the caller, the cache goes on without it; the region itself when no other replica can be reached
     */
    public Region byAnotherReplica(final Region region) {
        final Region rerouted = assembler.reroutedElsewhere(region);
        return rerouted != null && rerouted.leader().isReachable(System.nanoTime()) ? rerouted : region;
    }

    /**
     * The route to the replica that a read wants, for this one time.
     *
     * @param region as it was located
     * @param selection what is wanted
     * @return made for the caller, the cache goes on without it; the region itself when its leader is to serve
     */
    public Region byReplica(final Region region, final ReplicaSelection selection) {
        return assembler.rerouted(region, selection);
    }

    /**
     * Takes the current regions of an EpochNotMatch answer (ERR-07). The region that was asked for is given up unless
     * one of them replaces it.
     *
     * @param asked the region the request went to
     * @param current as the store describes them, bounds as region keys
     * @return those that entered the cache
     */
    public List<Region> replace(final Region asked, final List<io.tikvdirect.proto.metapb.Region> current) {
        final List<Region> regions = new ArrayList<>(current.size());
        for (final io.tikvdirect.proto.metapb.Region each : current) {
            final Region left = regions.isEmpty() ? null : regions.get(regions.size() - 1);
            final Region region = assembler.assemble(each, asked.leader().id(), left, false, table.tick());
            if (region != null) {
                regions.add(region);
            }
        }
        regions.removeAll(intake.insert(regions));
        invalidate(asked, InvalidReason.EPOCH_NOT_MATCH);
        return regions;
    }

    /**
     * Takes the buckets of a BucketVersionNotMatch answer (ERR-24). Without them, or when they are not newer than those
     * known, requests name no version until PD has said what the buckets are.
     *
     * @param region as it was located
     * @param mismatch what the store said
     * @param deadlineNs {@link System#nanoTime()} based; how long PD may take
     */
    public void onBuckets(final Region region, final BucketVersionNotMatch mismatch, final long deadlineNs) {
        refresh.onMismatch(region, mismatch, deadlineNs);
    }

    /**
     * Cuts the part of a range that lies in a region where its buckets meet, as far as they are known.
     *
     * @param region as it was located
     * @param range user keys
     * @return at least one range, in order and without gaps; nothing when the range has no key of the region
     */
    public List<KeyRange> cut(final Region region, final KeyRange range) {
        final byte[] start = Arrays.compareUnsigned(range.start(), region.start()) > 0 ? range.start() : region.start();
        final byte[] end = range.end().length == 0
                        || (region.end().length > 0 && Arrays.compareUnsigned(region.end(), range.end()) < 0)
                ? region.end()
                : range.end();
        if (end.length > 0 && Arrays.compareUnsigned(start, end) >= 0) {
            return List.of();
        }
        final Buckets known = buckets.of(region.id());
        final List<KeyRange> parts = new ArrayList<>();
        byte[] from = start;
        for (final byte[] border : known == null ? List.<byte[]>of() : known.bordersWithin(start, end)) {
            parts.add(KeyRange.of(from, border));
            from = border;
        }
        parts.add(KeyRange.of(from, end));
        return parts;
    }

    /** Moves time on by a second and drops some of what has not been used for long. */
    public void onTick() {
        table.onTick();
    }

    /**
     * How many regions are held, usable or not.
     *
     * @return at most {@code regions.max}
     */
    public int size() {
        return table.index().size();
    }

    /**
     * How many regions are held with their buckets.
     *
     * @return at most {@link #size()}
     */
    public int regionsWithBuckets() {
        return buckets.size();
    }

    /**
     * How many callers wait for a look-up.
     *
     * @return at least 0
     */
    public int waiting() {
        return byKey.waiting() + byEnd.waiting();
    }

    /**
     * How many regions were given up.
     *
     * @param reason why
     * @return count since the client was opened
     */
    public long invalidations(final InvalidReason reason) {
        return counter(reason).sum();
    }

    private LongAdder counter(final InvalidReason reason) {
        return Objects.requireNonNull(invalidations.get(reason));
    }

    /**
     * How many regions were asked for again while they were in use.
     *
     * @return count since the client was opened
     */
    public long reloads() {
        return reload.begun();
    }

    /**
     * How many answers of PD and stores were refused because something newer was known.
     *
     * @return count since the client was opened
     */
    public long refused() {
        return intake.refused();
    }

    /** Immutable. Passes on what the table tells. */
    private record RegionWatcher(BucketTable buckets, SoftReload reload) implements RegionTable.Watcher {
        @Override
        public void onReloadDue(final Region region, final int tick) {
            reload.onDue(region, tick);
        }

        @Override
        public void onForgotten(final Region region) {
            buckets.forget(region.id());
        }
    }

    /** Ends all look-ups with {@link io.tikvdirect.client.ClientClosedException} and forgets everything. */
    @Override
    public void close() {
        byKey.close();
        byEnd.close();
        table.clear();
        buckets.clear();
    }
}
