package io.tikvdirect.client.txn;

/**
 * Immutable. What work on a range did.
 *
 * @param parts parts that were done
 * @param regions regions in them, when they were worked on
 */
public record RangeReport(long parts, long regions) {}
