package io.tikvdirect.cli.shell;

import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.RegionInfo;
import io.tikvdirect.client.StoreInfo;
import io.tikvdirect.client.TikvClient;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Thread-safe. Executes the statements about the cluster itself: timestamps, regions, stores. */
final class ClusterStatements {
    private final TikvClient client;

    ClusterStatements(TikvClient client) {
        this.client = client;
    }

    Answer timestamp() {
        long timestamp = client.timestamp();
        return Answer.of("ts", timestamp, List.of(Long.toString(timestamp)));
    }

    Answer split(Statement statement) {
        client.splitRegions(statement.arguments());
        return Answer.done();
    }

    Answer regions(Statement statement) throws StatementException {
        if (statement.arguments().size() == 1) {
            throw new StatementException("usage: " + statement.form().usage());
        }
        KeyRange range = statement.arguments().isEmpty()
                ? KeyRange.all()
                : KeyRange.of(statement.argument(0), statement.argument(1));
        List<Map<String, @Nullable Object>> regions = new ArrayList<>();
        List<String> text = new ArrayList<>();
        for (RegionInfo region : client.regions(range)) {
            regions.add(json(region));
            text.add("region " + region.id() + "  ["
                    + Answer.shown(region.range().start()) + ", "
                    + Answer.shown(region.range().end()) + ")  leader on store " + region.leaderStoreId()
                    + ", peers on " + region.storeIds() + ", epoch " + region.confVersion() + "/"
                    + region.version());
        }
        return Answer.of("regions", regions, text);
    }

    Answer stores() {
        List<Map<String, @Nullable Object>> stores = new ArrayList<>();
        List<String> text = new ArrayList<>();
        for (StoreInfo store : client.stores()) {
            stores.add(json(store));
            text.add("store " + store.id() + "  " + store.address() + "  " + store.state()
                    + (store.version().isEmpty() ? "" : "  " + store.version())
                    + (store.labels().isEmpty() ? "" : "  " + store.labels()));
        }
        return Answer.of("stores", stores, text);
    }

    private static Map<String, @Nullable Object> json(RegionInfo region) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", region.id());
        fields.put("start", Answer.json(region.range().start()));
        fields.put("end", Answer.json(region.range().end()));
        fields.put("version", region.version());
        fields.put("conf_version", region.confVersion());
        fields.put("leader_store", region.leaderStoreId());
        fields.put("stores", region.storeIds());
        return fields;
    }

    private static Map<String, @Nullable Object> json(StoreInfo store) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("id", store.id());
        fields.put("address", store.address());
        fields.put("state", store.state());
        fields.put("version", store.version());
        fields.put("labels", store.labels());
        return fields;
    }
}
