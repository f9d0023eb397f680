package io.tikvdirect.embedded;

import io.tikvdirect.embedded.internal.pd.StoreDirectory;
import io.tikvdirect.proto.metapb.Store;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Immutable. The stores of a cluster as PD sees them. */
record StoreNodes(List<StoreNode> nodes) implements StoreDirectory {
    @Override
    public List<Store> all() {
        return nodes.stream().map(StoreNode::meta).toList();
    }

    @Override
    public @Nullable Store find(long id) {
        return nodes.stream()
                .filter(node -> node.id() == id)
                .findFirst()
                .map(StoreNode::meta)
                .orElse(null);
    }
}
