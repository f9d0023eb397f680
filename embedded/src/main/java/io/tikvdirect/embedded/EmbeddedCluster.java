package io.tikvdirect.embedded;

import io.tikvdirect.embedded.internal.data.RawSpace;
import io.tikvdirect.embedded.internal.fault.FaultRules;
import io.tikvdirect.embedded.internal.mvcc.MvccSpace;
import io.tikvdirect.embedded.internal.pd.Keyspaces;
import io.tikvdirect.embedded.internal.pd.PdService;
import io.tikvdirect.embedded.internal.pd.TimestampOracle;
import io.tikvdirect.embedded.internal.serving.LoopbackServer;
import io.tikvdirect.embedded.internal.serving.RequestGate;
import io.tikvdirect.embedded.internal.serving.ServerTls;
import io.tikvdirect.embedded.internal.serving.ServingLoops;
import io.tikvdirect.embedded.internal.store.CoprocessorPlugins;
import io.tikvdirect.embedded.internal.store.Flashbacks;
import io.tikvdirect.embedded.internal.store.SafeTimestamps;
import io.tikvdirect.embedded.internal.store.StoreKeys;
import io.tikvdirect.embedded.internal.store.StoreParts;
import io.tikvdirect.embedded.internal.topology.Ids;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.topology.Regions;
import io.tikvdirect.embedded.internal.txn.TxnEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Thread-safe. A whole TiKV cluster inside this JVM: a Placement Driver and stores on ports of 127.0.0.1, served by
 * grpc-java, answering raw and transactional requests as a real TiKV and PD answer. Data lives in memory and ends with the cluster.
 *
 * <pre>{@code
 * try (EmbeddedCluster cluster = EmbeddedCluster.builder().stores(3).regions(8).start()) {
 *     connect(cluster.pdAddresses());
 *     cluster.split("m".getBytes(UTF_8));
 *     cluster.transferLeader(cluster.regions().get(0).id(), cluster.stores().get(1).id());
 * }
 * }</pre>
 *
 * <p>Keys of splits are keys as requests to stores carry them: on API V2 with mode byte and keyspace, not encoded.
 *
 * <p>{@link #close()} ends all threads and gives all ports back. Netty keeps one helper thread of its own, shared by the
 * JVM, for about a second after that.
 */
public final class EmbeddedCluster implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int MAX_PEERS = 3;

    private final EmbeddedApiVersion apiVersion;
    private final long clusterId;
    private final ServingLoops loops;
    private final LoopbackServer pd;
    private final List<StoreNode> nodes = new ArrayList<>();
    private final Regions regions;
    private final StoreKeys keys;
    private final FaultPlan faults;
    private final CoprocessorPlugins coprocessors = new CoprocessorPlugins();
    private boolean closed;

    private EmbeddedCluster(EmbeddedClusterBuilder settings) {
        apiVersion = settings.apiVersion;
        clusterId = new SplittableRandom(settings.seed).nextLong(1, Long.MAX_VALUE);
        loops = new ServingLoops("embedded-tikv-" + NUMBER.incrementAndGet());
        FaultRules rules = new FaultRules(settings.seed);
        faults = new FaultPlan(rules);
        keys = new StoreKeys(apiVersion);
        Ids ids = new Ids();
        List<Long> storeIds = new ArrayList<>();
        for (int i = 0; i < settings.stores; i++) {
            storeIds.add(ids.next());
        }
        regions = new Regions(ids, storeIds, MAX_PEERS);
        regions.splitAt(InitialRegions.boundaries(settings, keys));
        InitialRegions.spread(regions, storeIds, settings.leadersOnFirstStore);
        TimestampOracle oracle = new TimestampOracle(settings.clock);
        TxnEngine txn = new TxnEngine(new MvccSpace(), settings.clock, loops.timer());
        StoreParts parts = new StoreParts(
                clusterId,
                apiVersion,
                regions,
                new RawSpace(),
                txn,
                new Flashbacks(),
                new SafeTimestamps(settings.clock, settings.resolvedTsInterval.toMillis()),
                settings.clock,
                oracle::next,
                coprocessors);
        ServerTls tls = settings.tls();
        for (long id : storeIds) {
            RequestGate gate = new RequestGate(id, rules, loops.timer());
            nodes.add(new StoreNode(id, parts, loops, tls, gate, settings.storeInterceptors, settings.clock));
        }
        pd = new LoopbackServer(loops, tls);
        int maxPeers = Math.min(MAX_PEERS, settings.stores);
        Keyspaces keyspaces = new Keyspaces(settings.keyspaces, settings.clock.millis() / 1000);
        new PdService(
                        clusterId,
                        pd,
                        new StoreNodes(nodes, Map.copyOf(settings.storeLabels)),
                        regions,
                        oracle,
                        ids,
                        maxPeers,
                        keyspaces,
                        settings.clock,
                        txn::collectBelow)
                .register(pd, new RequestGate(0, rules, loops.timer()));
    }

    /** Begins the settings of a cluster. */
    public static EmbeddedClusterBuilder builder() {
        return new EmbeddedClusterBuilder();
    }

    static EmbeddedCluster start(EmbeddedClusterBuilder settings) throws IOException {
        EmbeddedCluster cluster = new EmbeddedCluster(settings);
        try {
            for (StoreNode node : cluster.nodes) {
                node.start();
            }
            cluster.pd.start(settings.pdPort);
            return cluster;
        } catch (IOException | RuntimeException failed) {
            try {
                cluster.close();
            } catch (RuntimeException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        }
    }

    /** {@code 127.0.0.1:port} of each PD, one at present; the same for the cluster's whole life. */
    public List<String> pdAddresses() {
        return List.of(pd.address());
    }

    /** The cluster's id, which follows from its seed. */
    public long clusterId() {
        return clusterId;
    }

    /** How the stores keep keys and values. */
    public EmbeddedApiVersion apiVersion() {
        return apiVersion;
    }

    /** The stores as they are now, in the order of their ids. */
    public List<EmbeddedStore> stores() {
        return nodes.stream().map(StoreNode::describe).toList();
    }

    /** The regions as they are now, in the order of keys. */
    public List<EmbeddedRegion> regions() {
        return regions.now().all().stream().map(this::describe).toList();
    }

    /**
     * The region that holds a key.
     *
     * @param key as a raw request to a store carries it
     */
    public EmbeddedRegion regionOf(byte[] key) {
        return describe(regions.now().of(keys.stored(key)));
    }

    private EmbeddedRegion describe(Region region) {
        return new EmbeddedRegion(
                region.id(),
                keys.userBytes(region.start()).clone(),
                keys.userBytes(region.end()).clone(),
                region.start().clone(),
                region.end().clone(),
                region.confVer(),
                region.version(),
                region.leaderStore(),
                region.peers().stream()
                        .map(peer -> new EmbeddedPeer(peer.getId(), peer.getStoreId()))
                        .toList());
    }

    /**
     * Splits a region: the left part gets a new id. Nothing happens when the key already starts a region.
     *
     * @param key the first key of the right part, as a raw request to a store carries it
     * @return the right part
     */
    public EmbeddedRegion split(byte[] key) {
        return splitAtRegionKey(keys.stored(key.clone()));
    }

    /**
     * Splits a region at a key as PD has keys: memcomparable for API V2 and for transactions.
     *
     * @param regionKey the first key of the right part
     * @return the right part
     */
    public EmbeddedRegion splitAtRegionKey(byte[] regionKey) {
        regions.splitAt(List.of(regionKey.clone()));
        return describe(regions.now().of(regionKey));
    }

    /**
     * Splits one region at several keys at once, as one SplitRegion request does.
     *
     * @param regionKeys keys as PD has them, in any order
     * @return the pieces from left to right; the last one keeps the id
     * @throws IllegalArgumentException when the region is not there, or a key is not inside of it or is its start
     */
    public List<EmbeddedRegion> splitRegion(long regionId, List<byte[]> regionKeys) {
        return regions.split(regionId, regionKeys).stream().map(this::describe).toList();
    }

    /**
     * Cuts a region into buckets, which PD and the stores then tell to those who ask; requests that name an older version
     * are refused. They stay as they are when the region is split or merged.
     *
     * @param regionKeys where to cut, keys as PD has them, ascending and inside of the region
     * @return their version, larger than before
     * @throws IllegalArgumentException when the region is not there
     */
    public long cutIntoBuckets(long regionId, List<byte[]> regionKeys) {
        return regions.cutIntoBuckets(regionId, regionKeys);
    }

    /**
     * Merges a region into its neighbour, whose version grows by more than one.
     *
     * @throws IllegalArgumentException when one is not there or they are no neighbours
     */
    public void merge(long sourceRegionId, long targetRegionId) {
        regions.merge(sourceRegionId, targetRegionId);
    }

    /**
     * Makes the replica on a store the leader; the epoch stays as it is.
     *
     * @throws IllegalArgumentException when the region is not there, or has no replica on that store or the store is
     *     stopped
     */
    public void transferLeader(long regionId, long storeId) {
        regions.transferLeader(regionId, storeId);
    }

    /**
     * Stops a store as the end of its process would: its connections are cut, new ones are refused, and where a majority
     * of replicas runs elsewhere another one leads at once. Its port is kept for it. Does nothing when it is stopped.
     *
     * @throws IllegalArgumentException when there is no such store
     */
    public void stopStore(long storeId) {
        node(storeId).stop();
        regions.storeStopped(storeId);
    }

    /**
     * Starts a stopped store on its old port. Does nothing when it runs.
     *
     * @throws IOException when the port is taken meanwhile
     * @throws IllegalArgumentException when there is no such store
     */
    public void startStore(long storeId) throws IOException {
        node(storeId).start();
        regions.storeStarted(storeId);
    }

    /**
     * Stops a store and starts it on another port, which PD tells from then on.
     *
     * @throws IOException when no port can be had
     * @throws IllegalArgumentException when there is no such store
     */
    public void moveStore(long storeId) throws IOException {
        StoreNode node = node(storeId);
        node.stop();
        regions.storeStopped(storeId);
        node.move();
        regions.storeStarted(storeId);
    }

    /** Stops PD as the end of its process would; does nothing when it is stopped. */
    public void stopPd() {
        pd.stop();
    }

    /**
     * Starts PD again on its old port; does nothing when it runs.
     *
     * @throws IOException when the port is taken meanwhile
     */
    public void startPd() throws IOException {
        pd.start(pd.port());
    }

    /** What goes wrong on purpose. */
    public FaultPlan faults() {
        return faults;
    }

    /**
     * Registers a coprocessor plugin at all stores; the first one switches RawCoprocessor on.
     *
     * @param version a semantic version such as {@code 1.2.3}
     * @throws IllegalArgumentException when the version is none
     */
    public void registerCoprocessor(String name, String version, RawCoprocessorPlugin plugin) {
        coprocessors.register(name, version, plugin);
    }

    private StoreNode node(long storeId) {
        return nodes.stream()
                .filter(node -> node.id() == storeId)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no store " + storeId));
    }

    /** Members, stores and regions in words, for logs and failure messages. */
    public String describe() {
        StringBuilder text = new StringBuilder("embedded cluster ")
                .append(clusterId)
                .append(" api ")
                .append(apiVersion)
                .append(" pd ")
                .append(pd.address())
                .append(pd.isRunning() ? "" : " (stopped)");
        stores().forEach(store -> text.append("\n  ").append(store));
        regions.now().all().forEach(region -> text.append("\n  ").append(region));
        return text.toString();
    }

    @Override
    public String toString() {
        return "EmbeddedCluster[" + apiVersion + ", pd " + pd.address() + ", " + nodes.size() + " stores, "
                + regions.now().size() + " regions]";
    }

    /** Ends the cluster; does nothing the second time. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            pd.close();
            nodes.forEach(StoreNode::close);
        } finally {
            loops.close();
        }
    }
}
