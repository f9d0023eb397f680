package io.tikvdirect.embedded.internal.mvcc;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Immutable. Searches and changes in the chain of a key's versions, newest first; every change gives a new chain. */
public final class Versions {
    private Versions() {}

    /** The newest version at or below {@code ts}, whatever it says; null = none. */
    public static @Nullable Version seek(@Nullable Version newest, long ts) {
        Version version = newest;
        while (version != null && Ts.isBefore(ts, version.commitTs())) {
            version = version.older();
        }
        return version;
    }

    /**
     * The put that is visible at {@code ts}; null = none or deleted.
     *
     * @param readTs the reader's own timestamp, for fences
     */
    public static @Nullable Version visible(@Nullable Version newest, long ts, long readTs) {
        Version version = seek(newest, ts);
        while (version != null && version.isValidAsLatest(readTs)) {
            if (version.type() == VersionType.PUT) {
                return version;
            }
            if (version.type() == VersionType.DELETE) {
                return null;
            }
            version = version.older();
        }
        return null;
    }

    /** What the versions tell of the transaction that started at {@code startTs}. */
    public static CommitRecord commitRecord(@Nullable Version newest, long startTs) {
        long fence = 0;
        for (Version version = newest; version != null; version = version.older()) {
            if (version.startTs() == startTs) {
                return CommitRecord.of(version);
            }
            if (version.commitTs() == startTs) {
                return version.hasOverlappedRollback()
                        ? CommitRecord.ROLLED_BACK
                        : CommitRecord.overlapping(version, fence);
            }
            if (version.type().isData()) {
                fence = version.commitTs();
            }
            if (Ts.isBefore(version.commitTs(), startTs)) {
                break;
            }
        }
        return CommitRecord.NONE;
    }

    /** The chain with {@code added} in its place; it replaces one with the same commit timestamp. */
    public static Version with(@Nullable Version newest, Version added) {
        Deque<Version> newer = new ArrayDeque<>();
        Version below = above(newest, added.commitTs(), newer);
        if (below != null && below.commitTs() == added.commitTs()) {
            below = below.older();
        }
        Version chain = added.above(below);
        while (!newer.isEmpty()) {
            chain = newer.pop().above(chain);
        }
        return chain;
    }

    /** The chain without the version that stands at {@code commitTs}. */
    public static @Nullable Version without(@Nullable Version newest, long commitTs) {
        Deque<Version> newer = new ArrayDeque<>();
        Version below = above(newest, commitTs, newer);
        if (below == null || below.commitTs() != commitTs) {
            return newest;
        }
        Version chain = below.older();
        while (!newer.isEmpty()) {
            chain = newer.pop().above(chain);
        }
        return chain;
    }

    /**
     * The chain without what no reader at or above {@code safePoint} can see: of the versions at or below it only the
     * visible put stays.
     */
    public static @Nullable Version collect(@Nullable Version newest, long safePoint) {
        Deque<Version> kept = new ArrayDeque<>();
        boolean dataSeen = false;
        for (Version version = newest; version != null; version = version.older()) {
            boolean old = !Ts.isBefore(safePoint, version.commitTs());
            boolean latest = old && !dataSeen && version.type() == VersionType.PUT;
            if (!old || latest) {
                kept.push(version);
            }
            dataSeen |= old && version.type().isData();
        }
        Version chain = null;
        while (!kept.isEmpty()) {
            chain = kept.pop().above(chain);
        }
        return chain;
    }

    private static @Nullable Version above(@Nullable Version newest, long commitTs, Deque<Version> newer) {
        Version version = newest;
        while (version != null && Ts.isBefore(commitTs, version.commitTs())) {
            newer.push(version);
            version = version.older();
        }
        return version;
    }
}
