package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.Config;
import io.tikvdirect.codec.key.KeySpace;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Region caches for tests of other packages. */
public final class TestRegions {
    private TestRegions() {}

    /** A cache that knows the regions between some ascending split keys, the first and the last unbounded. */
    public static RegionCache cache(final byte[]... splits) {
        final FakePlacementDriver pd = new FakePlacementDriver();
        byte[] start = new byte[0];
        for (int i = 0; i <= splits.length; i++) {
            final byte[] end = i == splits.length ? new byte[0] : splits[i];
            pd.put(FakePlacementDriver.describe(i + 1, 1, start, end, 1));
            start = end;
        }
        final Config config =
                Config.builder().set("pd.addresses", "127.0.0.1:1").build();
        final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        final RegionCache cache = new RegionCache(
                config,
                KeySpace.v1(),
                pd,
                new StoreTable(pd, config.addressMap()),
                RegionFixtures.NO_CONTEXT,
                scheduler,
                new Random(1));
        cache.load(new byte[0], System.nanoTime() + 10_000_000_000L).join();
        scheduler.shutdownNow();
        return cache;
    }
}
