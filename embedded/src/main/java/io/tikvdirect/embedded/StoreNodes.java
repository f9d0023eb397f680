package io.tikvdirect.embedded;

import io.tikvdirect.embedded.internal.pd.StoreDirectory;
import io.tikvdirect.proto.metapb.Store;
import io.tikvdirect.proto.metapb.StoreLabel;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Immutable. The stores of a cluster as PD sees them. */
record StoreNodes(List<StoreNode> nodes, Map<Long, Map<String, String>> labels) implements StoreDirectory {
    @Override
    public List<Store> all() {
        return nodes.stream().map(this::describe).toList();
    }

    private Store describe(StoreNode node) {
        Store.Builder store = node.meta().toBuilder();
        labels.getOrDefault(node.id(), Map.of())
                .forEach((key, value) ->
                        store.addLabels(StoreLabel.newBuilder().setKey(key).setValue(value)));
        return store.build();
    }

    @Override
    public @Nullable Store find(long id) {
        return nodes.stream()
                .filter(node -> node.id() == id)
                .findFirst()
                .map(this::describe)
                .orElse(null);
    }
}
