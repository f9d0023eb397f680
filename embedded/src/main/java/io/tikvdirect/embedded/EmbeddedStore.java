package io.tikvdirect.embedded;

/**
 * Immutable. A store of the cluster as it is now.
 *
 * @param id the store's id
 * @param address {@code 127.0.0.1:port} as PD tells it, also while the store is stopped
 * @param running whether it serves
 */
public record EmbeddedStore(long id, String address, boolean running) {}
