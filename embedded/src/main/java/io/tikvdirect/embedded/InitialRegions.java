package io.tikvdirect.embedded;

import io.tikvdirect.embedded.internal.store.StoreKeys;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.topology.Regions;
import java.util.ArrayList;
import java.util.List;

/** Immutable. The regions that a cluster starts with. */
final class InitialRegions {
    private static final int TWO_BYTES = 1 << 16;
    private static final byte[] MODES = {'r', 'x'};

    private InitialRegions() {}

    /** Where to split at the start, as PD has keys. */
    static List<byte[]> boundaries(EmbeddedClusterBuilder settings, StoreKeys keys) {
        List<byte[]> boundaries = new ArrayList<>();
        for (int id = 1; id <= settings.keyspaces.size(); id++) {
            for (byte mode : MODES) {
                boundaries.add(keys.stored(prefix(mode, id)));
                boundaries.add(keys.stored(prefix(mode, id + 1)));
            }
        }
        for (int i = 1; i < settings.regions; i++) {
            boundaries.add(keys.stored(even(i, settings)));
        }
        settings.splitKeys.forEach(key -> boundaries.add(keys.stored(key)));
        return boundaries;
    }

    private static byte[] even(int i, EmbeddedClusterBuilder settings) {
        int bytes = (int) ((long) i * TWO_BYTES / settings.regions);
        byte high = (byte) (bytes >>> 8);
        byte low = (byte) bytes;
        return settings.apiVersion == EmbeddedApiVersion.V2
                ? new byte[] {'r', 0, 0, 0, high, low}
                : new byte[] {high, low};
    }

    private static byte[] prefix(byte mode, int keyspace) {
        return new byte[] {mode, (byte) (keyspace >>> 16), (byte) (keyspace >>> 8), (byte) keyspace};
    }

    /** Deals replicas and leaders out to the stores in turn. */
    static void spread(Regions regions, List<Long> stores, boolean leadersOnFirst) {
        int replicas = regions.now().all().get(0).peers().size();
        int turn = 0;
        for (Region region : regions.now().all()) {
            List<Long> placed = new ArrayList<>();
            for (int i = 0; i < replicas; i++) {
                placed.add(stores.get((turn + i) % stores.size()));
            }
            regions.place(region.id(), placed);
            turn += leadersOnFirst ? 0 : 1;
        }
    }
}
