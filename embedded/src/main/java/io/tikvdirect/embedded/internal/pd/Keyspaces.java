package io.tikvdirect.embedded.internal.pd;

import io.tikvdirect.proto.keyspacepb.KeyspaceMeta;
import io.tikvdirect.proto.keyspacepb.KeyspaceState;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Thread-safe. The keyspaces that PD knows: DEFAULT with id 0, and those that the cluster was made with. */
public final class Keyspaces {
    /** The id of the keyspace DEFAULT, whose state can't be changed. */
    static final int DEFAULT_ID = 0;

    private final ConcurrentSkipListMap<Integer, KeyspaceMeta> byId = new ConcurrentSkipListMap<>();

    /** DEFAULT and {@code names}, with ids from 1 on; all made at {@code nowSecond}. */
    public Keyspaces(List<String> names, long nowSecond) {
        byId.put(
                DEFAULT_ID,
                meta(DEFAULT_ID, "DEFAULT", nowSecond)
                        .putConfig("region_bound_type", "txn")
                        .build());
        for (String name : names) {
            int id = byId.size();
            byId.put(id, meta(id, name, nowSecond).build());
        }
    }

    private static KeyspaceMeta.Builder meta(int id, String name, long nowSecond) {
        return KeyspaceMeta.newBuilder()
                .setId(id)
                .setName(name)
                .setState(KeyspaceState.ENABLED)
                .setCreatedAt(nowSecond)
                .setStateChangedAt(nowSecond);
    }

    @Nullable
    KeyspaceMeta byId(int id) {
        return byId.get(id);
    }

    @Nullable
    KeyspaceMeta byName(String name) {
        for (KeyspaceMeta keyspace : byId.values()) {
            if (keyspace.getName().equals(name)) {
                return keyspace;
            }
        }
        return null;
    }

    /** The keyspaces from id {@code first} on, in the order of ids. */
    Collection<KeyspaceMeta> from(int first) {
        return byId.tailMap(first, true).values();
    }

    KeyspaceMeta changeState(KeyspaceMeta keyspace, KeyspaceState state, long nowSecond) {
        KeyspaceMeta changed = keyspace.toBuilder()
                .setState(state)
                .setStateChangedAt(nowSecond)
                .build();
        byId.put(changed.getId(), changed);
        return changed;
    }
}
