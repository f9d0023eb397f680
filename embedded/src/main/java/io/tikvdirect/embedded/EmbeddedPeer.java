package io.tikvdirect.embedded;

/**
 * Immutable. A replica of a region.
 *
 * @param id the peer's id
 * @param storeId the store it lives on
 */
public record EmbeddedPeer(long id, long storeId) {}
