package io.tikvdirect.client;

import java.util.Map;
import java.util.Objects;

/**
 * Immutable. A store as the Placement Driver describes it.
 *
 * @param id store id
 * @param address its {@code host:port} for clients
 * @param state {@code Up}, {@code Offline} or {@code Tombstone}
 * @param version version of the TiKV server; empty when unknown
 * @param labels labels such as {@code zone}
 */
public record StoreInfo(long id, String address, String state, String version, Map<String, String> labels) {

    /** Copies the map. */
    public StoreInfo {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(version, "version");
        labels = Map.copyOf(labels);
    }
}
