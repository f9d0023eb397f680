package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.internal.mvcc.Ts;
import io.tikvdirect.embedded.internal.topology.Region;
import io.tikvdirect.embedded.internal.topology.Topology;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * Thread-safe. Below which timestamp a replica serves stale reads. The leader knows it at any time: no transaction that
 * holds locks started before. Followers are told at intervals of the cluster's clock and stand at 0 before the first; a
 * replica read that met no lock counts at once.
 */
public final class SafeTimestamps {
    private record Replica(long region, long store) {}

    private final InstantSource clock;
    private final long startMs;
    private final long intervalMs;
    private final Map<Replica, Long> readIndex = new ConcurrentHashMap<>();

    /** Timestamps that advance every {@code intervalMs} from now on. */
    public SafeTimestamps(InstantSource clock, long intervalMs) {
        this.clock = clock;
        this.startMs = clock.millis();
        this.intervalMs = intervalMs;
    }

    /** A replica read at {@code ts} was served. */
    void served(long region, long store, long ts) {
        if (ts != Ts.MAX) {
            readIndex.merge(new Replica(region, store), ts, Ts::max);
        }
    }

    /** What a leader knows of a region whose oldest locked transaction started at {@code oldestLock}. */
    long atLeader(long oldestLock) {
        return below(Ts.ofMs(clock.millis()), oldestLock);
    }

    /** What a follower was told of such a region. */
    long atFollower(long oldestLock) {
        long advances = (clock.millis() - startMs) / intervalMs;
        return advances <= 0 ? 0 : below(Ts.ofMs(startMs + advances * intervalMs), oldestLock);
    }

    private static long below(long ts, long oldestLock) {
        return Ts.isBefore(ts, oldestLock) ? ts : oldestLock - 1;
    }

    /** Below which timestamp the replicas of all those regions on a store serve. */
    long ofStore(Topology topology, long store, ToLongFunction<Region> oldestLock) {
        long least = Ts.MAX;
        for (Region region : topology.all()) {
            if (region.peerOn(store) != null) {
                long oldest = oldestLock.applyAsLong(region);
                long safe = region.leaderStore() == store ? atLeader(oldest) : atFollower(oldest);
                least = Ts.isBefore(safe, least) ? safe : least;
            }
        }
        return least == Ts.MAX ? atLeader(Ts.MAX) : least;
    }

    /** Up to which timestamp replica reads were served. */
    long readIndexTs(long region, long store) {
        return readIndex.getOrDefault(new Replica(region, store), 0L);
    }
}
