package io.tikvdirect.client.raw;

/**
 * Immutable. How to scan a range.
 *
 * @param limit the largest number of pairs to return; for {@link RawClient#scan} 1 to {@value #MAX_LIMIT}; for
 *     scanners and publishers any positive number, or {@link #UNLIMITED}
 * @param reverse from the upper bound (exclusive) down to the lower bound (inclusive)
 * @param keyOnly pairs come with null values, and the values do not travel
 * @param pageSize pairs fetched per page by scanners and publishers, 1 to {@value #MAX_LIMIT}, or {@link
 *     #DEFAULT_PAGE_SIZE}
 */
public record ScanOptions(int limit, boolean reverse, boolean keyOnly, int pageSize) {

    /** The largest page a store is asked for: the limit of client-go's {@code MaxRawKVScanLimit} (RAW-08). */
    public static final int MAX_LIMIT = 10_240;

    /** Stands for {@code scan.page} of the configuration. */
    public static final int DEFAULT_PAGE_SIZE = 0;

    /** The limit of a scanner or publisher that ends only at the end of its range. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Checks that the limit is positive and the page size within its bounds. */
    public ScanOptions {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1: " + limit);
        }
        if (pageSize < 0 || pageSize > MAX_LIMIT) {
            throw new IllegalArgumentException("pageSize must be 0 to " + MAX_LIMIT + ": " + pageSize);
        }
    }

    /**
     * Forward scan of at most {@code limit} pairs.
     *
     * @param limit see {@link #limit()}
     * @return new options
     */
    public static ScanOptions limit(int limit) {
        return new ScanOptions(limit, false, false, DEFAULT_PAGE_SIZE);
    }

    /**
     * Forward scan to the end of the range, for scanners and publishers.
     *
     * @return new options
     */
    public static ScanOptions unlimited() {
        return new ScanOptions(UNLIMITED, false, false, DEFAULT_PAGE_SIZE);
    }

    /**
     * The same in descending order.
     *
     * @return new options
     */
    public ScanOptions reversed() {
        return new ScanOptions(limit, true, keyOnly, pageSize);
    }

    /**
     * The same without values.
     *
     * @return new options
     */
    public ScanOptions keysOnly() {
        return new ScanOptions(limit, reverse, true, pageSize);
    }

    /**
     * The same with another page size.
     *
     * @param pairs 1 to {@value #MAX_LIMIT}
     * @return new options
     */
    public ScanOptions withPageSize(int pairs) {
        return new ScanOptions(limit, reverse, keyOnly, pairs);
    }
}
