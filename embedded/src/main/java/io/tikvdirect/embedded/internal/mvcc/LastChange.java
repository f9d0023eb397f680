package io.tikvdirect.embedded.internal.mvcc;

import org.jspecify.annotations.Nullable;

/**
 * Immutable. Where the latest put or delete lies below a lock or a version that is neither.
 *
 * @param ts its commit timestamp, 0 = none
 * @param versions how many versions away it is; 0 = not known
 */
public record LastChange(long ts, long versions) {
    /** Nothing was looked up. */
    public static final LastChange UNKNOWN = new LastChange(0, 0);

    /** There is none. */
    public static final LastChange NONE = new LastChange(0, 1);

    /** As seen from above {@code newest}, the newest version of a key. */
    public static LastChange above(@Nullable Version newest) {
        if (newest == null) {
            return NONE;
        }
        if (newest.type().isData()) {
            return new LastChange(newest.commitTs(), 1);
        }
        LastChange below = newest.lastChange();
        if (below.equals(UNKNOWN)) {
            return search(newest);
        }
        return below.equals(NONE) ? NONE : new LastChange(below.ts, below.versions + 1);
    }

    private static LastChange search(Version from) {
        long steps = 1;
        for (Version version = from; version != null; version = version.older()) {
            if (version.type() == VersionType.PUT) {
                return new LastChange(version.commitTs(), steps);
            }
            if (version.type() == VersionType.DELETE) {
                return NONE;
            }
            steps++;
        }
        return NONE;
    }
}
