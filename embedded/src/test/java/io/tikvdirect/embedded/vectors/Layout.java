package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.tikvdirect.embedded.EmbeddedPeer;
import io.tikvdirect.embedded.EmbeddedRegion;
import io.tikvdirect.embedded.EmbeddedStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * Confined to one replay. Splits a cluster into the regions of a scenario, with neighbours on both sides, and
 * tells what the placeholders of stores, regions and peers stand for there.
 */
final class Layout {
    /** Regions to the left of every scenario's, which answers to old epochs list. */
    private static final List<String> LEFT_NEIGHBOURS = List.of("a", "b", "c");

    private static final int V2_PREFIX_BYTES = 4;
    private static final int TICK_MS = 20;
    private static final int GIVE_UP_MS = 20_000;

    private final Scenario scenario;
    private final ReplayCluster cluster;
    private final RpcCaller caller;
    private final Placeholders placeholders = new Placeholders();

    private Layout(Scenario scenario, ReplayCluster cluster, RpcCaller caller) {
        this.scenario = scenario;
        this.cluster = cluster;
        this.caller = caller;
    }

    static Placeholders putUp(Scenario scenario, ReplayCluster cluster, RpcCaller caller) throws InterruptedException {
        Layout layout = new Layout(scenario, cluster, caller);
        layout.split(layout.neighbourKeys());
        layout.split(layout.boundaryKeys());
        layout.lead();
        layout.name();
        return layout.placeholders;
    }

    /** The stores in the order in which placeholders count them. */
    static List<EmbeddedStore> stores(ReplayCluster cluster) {
        return cluster.stores().stream()
                .sorted(Comparator.comparingLong(EmbeddedStore::id))
                .toList();
    }

    private List<byte[]> neighbourKeys() {
        byte[] first = scenario.layout().get(0).startKey();
        byte[] keyspace = scenario.api().equals("v2") ? Arrays.copyOf(first, V2_PREFIX_BYTES) : new byte[0];
        return LEFT_NEIGHBOURS.stream()
                .map(name -> concat(keyspace, name.getBytes(StandardCharsets.US_ASCII)))
                .toList();
    }

    private List<byte[]> boundaryKeys() {
        TreeSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        scenario.layout().forEach(region -> {
            keys.add(region.startKey());
            keys.add(region.endKey());
        });
        return new ArrayList<>(keys);
    }

    /** Splits at the keys where no region begins yet. The cluster's own first splits may come in between. */
    private void split(List<byte[]> wanted) throws InterruptedException {
        List<byte[]> keys = wanted.stream().filter(key -> !beginsRegion(key)).toList();
        if (keys.isEmpty()) {
            return;
        }
        Answer answer = sendSplit(keys);
        for (int waited = 0; hasRegionError(answer) && waited < GIVE_UP_MS; waited += TICK_MS) {
            cluster.pass(TICK_MS);
            answer = sendSplit(keys);
        }
        if (!answer.status().isOk() || hasRegionError(answer)) {
            throw new IllegalStateException("no layout for " + scenario.name() + ": " + answer);
        }
        awaitRegionsAt(keys);
    }

    /** One SplitRegion, sent to the store that leads the region of the first key. */
    private Answer sendSplit(List<byte[]> keys) {
        EmbeddedRegion region = regionOf(boundary(keys.get(0)));
        JsonObject request = new JsonObject();
        request.add("context", context(region));
        request.addProperty("is_raw_kv", scenario.raw());
        JsonArray splitKeys = new JsonArray();
        keys.forEach(key -> splitKeys.add(Base64.getEncoder().encodeToString(key)));
        request.add("split_keys", splitKeys);
        return caller.start(
                        addressOf(region.leaderStoreId()), "tikvpb.Tikv", "SplitRegion", List.<JsonElement>of(request))
                .join();
    }

    private static boolean hasRegionError(Answer answer) {
        return answer.status().isOk()
                && answer.messages().get(0).getAsJsonObject().has("region_error");
    }

    /** PD hears of a split from the store, a little later. */
    private void awaitRegionsAt(List<byte[]> keys) throws InterruptedException {
        for (byte[] key : keys) {
            for (int waited = 0; !beginsRegion(key); waited += TICK_MS) {
                if (waited > GIVE_UP_MS) {
                    throw new IllegalStateException("PD knows no region that begins at a key of " + scenario.name());
                }
                cluster.pass(TICK_MS);
            }
        }
    }

    private boolean beginsRegion(byte[] key) {
        return Arrays.equals(regionOf(boundary(key)).startRegionKey(), boundary(key));
    }

    private JsonObject context(EmbeddedRegion region) {
        JsonObject epoch = new JsonObject();
        epoch.addProperty("conf_ver", region.confVer());
        epoch.addProperty("version", region.version());
        JsonObject peer = new JsonObject();
        peer.addProperty("id", peerOn(region, region.leaderStoreId()).id());
        peer.addProperty("store_id", region.leaderStoreId());
        JsonObject context = new JsonObject();
        context.addProperty("region_id", region.id());
        context.add("region_epoch", epoch);
        context.add("peer", peer);
        context.addProperty("api_version", scenario.api().equals("v2") ? "V2" : "V1");
        return context;
    }

    private byte[] boundary(byte[] key) {
        return scenario.hasEncodedBoundaries() ? Boundaries.memcomparable(key) : key;
    }

    private EmbeddedRegion regionOf(byte[] boundary) {
        return cluster.regions().stream()
                .filter(region -> Arrays.compareUnsigned(region.startRegionKey(), boundary) <= 0)
                .max(Comparator.comparing(EmbeddedRegion::startRegionKey, Arrays::compareUnsigned))
                .orElseThrow();
    }

    /** Every recorded scenario begins with its leaders on the first store. */
    private void lead() {
        long first = stores(cluster).get(0).id();
        for (LayoutRegion planned : scenario.layout()) {
            EmbeddedRegion region = regionOf(planned.startBoundary());
            if (region.leaderStoreId() != first) {
                cluster.transferLeader(region.id(), first);
            }
        }
    }

    private void name() {
        placeholders.put("CLUSTER", cluster.clusterId());
        List<EmbeddedStore> stores = stores(cluster);
        for (int i = 0; i < stores.size(); i++) {
            placeholders.put("STORE" + (i + 1), stores.get(i).id());
        }
        for (int i = 0; i < scenario.layout().size(); i++) {
            name(i + 1, regionOf(scenario.layout().get(i).startBoundary()));
        }
    }

    private void name(int number, EmbeddedRegion region) {
        LayoutRegion planned = scenario.layout().get(number - 1);
        if (!Arrays.equals(region.startRegionKey(), planned.startBoundary())
                || !Arrays.equals(region.endRegionKey(), planned.endBoundary())) {
            throw new IllegalStateException("region " + number + " of " + scenario.name() + " became " + region);
        }
        placeholders.put("REGION" + number, region.id());
        placeholders.put("CONFVER" + number, region.confVer());
        placeholders.put("VERSION" + number, region.version());
        int k = 0;
        for (EmbeddedStore store : stores(cluster)) {
            placeholders.put(
                    "PEER" + number + "." + k, peerOn(region, store.id()).id());
            placeholders.put("PSTORE" + number + "." + k++, store.id());
        }
    }

    private static EmbeddedPeer peerOn(EmbeddedRegion region, long storeId) {
        return region.peers().stream()
                .filter(peer -> peer.storeId() == storeId)
                .findFirst()
                .orElseThrow();
    }

    private String addressOf(long storeId) {
        return cluster.stores().stream()
                .filter(store -> store.id() == storeId)
                .findFirst()
                .orElseThrow()
                .address();
    }

    private static byte[] concat(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }
}
