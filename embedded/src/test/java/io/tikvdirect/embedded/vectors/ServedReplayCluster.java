package io.tikvdirect.embedded.vectors;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.tikvdirect.embedded.EmbeddedPeer;
import io.tikvdirect.embedded.EmbeddedRegion;
import io.tikvdirect.embedded.EmbeddedStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.StreamSupport;

/**
 * Confined to one replay. A cluster that runs in processes of its own, known by its PD, used by many scenarios and in
 * real time. Its regions stay as they are: scenarios that merge them or move leaders cannot be played on it.
 */
final class ServedReplayCluster implements ReplayCluster {
    private static final long GIVE_UP_S = 120;

    private static final long ELECTION_MS = 200;

    private final String pdAddress;
    private final RpcCaller caller = new RpcCaller();
    private final long clusterId;

    ServedReplayCluster(String pdAddress) throws InterruptedException, ExecutionException {
        this.pdAddress = pdAddress;
        clusterId = number(pd("GetMembers", "{}").getAsJsonObject("header"), "cluster_id");
    }

    @Override
    public long clusterId() {
        return clusterId;
    }

    @Override
    public List<EmbeddedStore> stores() {
        return objects(ask("GetAllStores", ""), "stores").stream()
                .map(store -> new EmbeddedStore(
                        number(store, "id"), store.get("address").getAsString(), true))
                .toList();
    }

    @Override
    public List<EmbeddedRegion> regions() {
        return objects(ask("ScanRegions", ",\"limit\":10000"), "regions").stream()
                .map(ServedReplayCluster::region)
                .toList();
    }

    private static EmbeddedRegion region(JsonObject found) {
        JsonObject region = found.getAsJsonObject("region");
        JsonObject epoch = region.getAsJsonObject("region_epoch");
        return new EmbeddedRegion(
                number(region, "id"),
                new byte[0],
                new byte[0],
                bytes(region, "start_key"),
                bytes(region, "end_key"),
                number(epoch, "conf_ver"),
                number(epoch, "version"),
                number(found.getAsJsonObject("leader"), "store_id"),
                objects(region, "peers").stream()
                        .map(peer -> new EmbeddedPeer(number(peer, "id"), number(peer, "store_id")))
                        .toList());
    }

    @Override
    public void merge(long source, long target) {
        throw new UnsupportedOperationException("merge");
    }

    @Override
    public void transferLeader(long region, long store) {
        throw new UnsupportedOperationException("transfer a leader");
    }

    @Override
    public String pdAddress() {
        return pdAddress;
    }

    @Override
    public long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    @Override
    public void pass(long milliseconds) throws InterruptedException {
        Thread.sleep(milliseconds);
    }

    @Override
    public Answer await(CompletableFuture<Answer> answer) throws InterruptedException, ExecutionException {
        try {
            return answer.get(GIVE_UP_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer within " + GIVE_UP_S + " s", e);
        }
    }

    private JsonObject ask(String rpc, String more) {
        try {
            return pd(rpc, "{\"header\":{\"cluster_id\":\"" + Long.toUnsignedString(clusterId) + "\"}" + more + "}");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(rpc, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(rpc, e);
        }
    }

    private JsonObject pd(String rpc, String request) throws InterruptedException, ExecutionException {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(GIVE_UP_S);
        Answer answer = askPd(rpc, request);
        while (!answer.status().isOk() && isWithoutLeader(answer) && System.nanoTime() - endNs < 0) {
            Thread.sleep(ELECTION_MS);
            answer = askPd(rpc, request);
        }
        if (!answer.status().isOk()) {
            throw new IllegalStateException(rpc + ": " + answer.status());
        }
        return answer.messages().get(0).getAsJsonObject();
    }

    private Answer askPd(String rpc, String request) throws InterruptedException, ExecutionException {
        return await(caller.start(pdAddress, "pdpb.PD", rpc, List.of(JsonParser.parseString(request))));
    }

    /** A PD that a busy machine has kept from renewing its lease elects itself anew. */
    private static boolean isWithoutLeader(Answer answer) {
        return String.valueOf(answer.status().getDescription()).contains("not leader");
    }

    private static List<JsonObject> objects(JsonObject parent, String name) {
        JsonArray array = parent.has(name) ? parent.getAsJsonArray(name) : new JsonArray();
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    private static long number(JsonObject object, String name) {
        return object.has(name) ? Long.parseUnsignedLong(object.get(name).getAsString()) : 0;
    }

    private static byte[] bytes(JsonObject object, String name) {
        return object.has(name) ? Base64.getDecoder().decode(object.get(name).getAsString()) : new byte[0];
    }

    @Override
    public void close() {
        caller.close();
    }
}
