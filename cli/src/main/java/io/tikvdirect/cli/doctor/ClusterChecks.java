package io.tikvdirect.cli.doctor;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.KeyRange;
import io.tikvdirect.client.RegionInfo;
import io.tikvdirect.client.StoreInfo;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Confined to one thread. The checks of one cluster, in the order in which a client depends on them. */
final class ClusterChecks {
    private static final int TIMESTAMP_LOGICAL_BITS = 18;
    private static final long TOLERATED_CLOCK_DIFFERENCE_MS = 500;

    private final Config config;
    private final List<String> pdAddresses;
    private final Duration timeout;
    private final Consumer<Check> results;

    /**
     * Checks for one configuration.
     *
     * @param results gets each result as soon as it is known
     */
    ClusterChecks(Config config, List<String> pdAddresses, Duration timeout, Consumer<Check> results) {
        this.config = config;
        this.pdAddresses = pdAddresses;
        this.timeout = timeout;
        this.results = results;
    }

    void run() {
        for (String address : pdAddresses) {
            results.accept(Reachability.check("connection to PD " + address, address, timeout));
        }
        String transport = config.tlsEnabled() ? "TLS" : "plaintext";
        try (TikvClient client = TikvClient.open(config)) {
            results.accept(
                    Check.ok("Placement Driver", "answers over " + transport + ", cluster " + client.clusterId()));
            checkTimestamps(client);
            checkStores(client);
        } catch (TikvException e) {
            results.accept(failed("Placement Driver", e));
            for (String name : List.of("timestamps", "clock", "stores", "reads")) {
                results.accept(Check.skipped(name, "PD has to answer first"));
            }
        }
    }

    private void checkTimestamps(TikvClient client) {
        try {
            long first = client.timestamp();
            long second = client.timestamp();
            long localMs = System.currentTimeMillis();
            results.accept(
                    second > first
                            ? Check.ok("timestamps", "two in order, " + first + " and " + second)
                            : Check.failed(
                                    "timestamps",
                                    second + " came after " + first,
                                    "The oracle went backward: look into PD's log at once."));
            checkClock(localMs - (second >>> TIMESTAMP_LOGICAL_BITS));
        } catch (TikvException e) {
            results.accept(failed("timestamps", e));
            results.accept(Check.skipped("clock", "it is compared with a timestamp"));
        }
    }

    private void checkClock(long aheadMs) {
        String detail = "this machine is " + Math.abs(aheadMs) + " ms " + (aheadMs < 0 ? "behind" : "ahead of") + " PD";
        results.accept(
                Math.abs(aheadMs) <= TOLERATED_CLOCK_DIFFERENCE_MS
                        ? Check.ok("clock", detail)
                        : Check.warning("clock", detail, "Synchronise the clocks of both machines, e.g. with NTP."));
    }

    private void checkStores(TikvClient client) {
        try {
            List<StoreInfo> stores = client.stores();
            List<RegionInfo> regions = client.regions(KeyRange.all());
            results.accept(
                    stores.isEmpty()
                            ? Check.failed("stores", "PD knows no store", "Start TiKV with --pd pointing to this PD.")
                            : Check.ok("stores", stores.size() + " stores, " + regions.size() + " regions"));
            for (StoreInfo store : stores) {
                checkStore(client, store, regions);
            }
        } catch (TikvException e) {
            results.accept(failed("stores", e));
        }
    }

    private void checkStore(TikvClient client, StoreInfo store, List<RegionInfo> regions) {
        String name = "store " + store.id() + " at " + store.address();
        if (!store.state().equalsIgnoreCase("Up")) {
            results.accept(Check.warning(name, "its state is " + store.state(), "Remove it or bring it back."));
        }
        Check connection = Reachability.check("connection to " + name, store.address(), timeout);
        results.accept(connection);
        if (connection.status() == Check.Status.OK) {
            results.accept(read(client, store, regions));
        } else {
            results.accept(Check.skipped("read from " + name, "it cannot be reached"));
        }
    }

    /** One read of a region that the store leads: this shows the whole way, the API version and the key space too. */
    private Check read(TikvClient client, StoreInfo store, List<RegionInfo> regions) {
        String name = "read from store " + store.id() + " at " + store.address();
        for (RegionInfo region : regions) {
            if (region.leaderStoreId() == store.id()) {
                return read(client, name, region);
            }
        }
        return Check.ok(name, "leads no region of this key space, so there is nothing to read");
    }

    private Check read(TikvClient client, String name, RegionInfo region) {
        byte[] start = region.range().start();
        byte[] key = start.length == 0 ? new byte[] {0} : start;
        long startedNs = System.nanoTime();
        try {
            client.raw().get(key);
            long microseconds = (System.nanoTime() - startedNs) / 1_000;
            return Check.ok(
                    name, "region " + region.id() + " answered in " + microseconds + " us, API " + config.api());
        } catch (TikvException e) {
            return failed(name, e);
        }
    }

    private static Check failed(String name, TikvException e) {
        return Check.failed(name, e.code() + ": " + e.getMessage(), Advice.mending(e));
    }
}
