package io.tikvdirect.client.internal.store;

import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.region.Region;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.region.ReplicaSelection;
import io.tikvdirect.codec.buffer.BufferView;
import org.jspecify.annotations.Nullable;

/**
 * Thread-safe. Finds the region of an operation and sends it on its way to the region's leader. The caller owns the
 * operation before and never after.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what a timer or continuation does, it reports itself
public final class Router {

    private final RegionCache regions;
    private final StoreChannels channels;
    private final SlowPath slowPath;

    /**
     * Puts the parts together.
     *
     * @param regions where keys are
     * @param channels how to reach stores
     * @param slowPath where operations go that cannot be routed
     */
    public Router(RegionCache regions, StoreChannels channels, SlowPath slowPath) {
        this.regions = regions;
        this.channels = channels;
        this.slowPath = slowPath;
    }

    /**
     * Sends an operation to the region of its routing key; looks the region up when it is not known.
     *
     * @param operation filled
     */
    public void route(Operation operation) {
        BufferView key = operation.routingKey();
        route(operation, regions.locate(key, 0, operation.routingKeyLength()));
    }

    /**
     * Sends an operation to the region of its routing key.
     *
     * @param operation filled
     * @param key the routing key as an array, which is faster to compare
     */
    public void route(Operation operation, byte[] key) {
        route(operation, regions.locate(key));
    }

    private void route(Operation operation, @Nullable Region region) {
        if (region != null) {
            send(operation, region);
        } else {
            load(operation);
        }
    }

    /**
     * Sends an operation to a region: to its leader, or to another replica if it asks for that.
     *
     * @param operation filled
     * @param region where it goes
     */
    public void send(Operation operation, Region region) {
        Region route = routeOf(operation, region);
        operation.region(route);
        channels.of(route.leader()).submit(operation);
    }

    private Region routeOf(Operation operation, Region region) {
        ReplicaSelection selection = operation.replicas();
        if (selection == null) {
            return operation.avoidsLeader() ? regions.byAnotherReplica(region) : region;
        }
        Region route = operation.attempts() == 0 ? regions.byReplica(region, selection) : region;
        if (route == region) {
            operation.askLeader();
        }
        return route;
    }

    private void load(Operation operation) {
        if (slowPath.refuses(operation)) {
            return;
        }
        byte[] key = new byte[operation.routingKeyLength()];
        operation.routingKey().getBytes(0, key);
        regions.load(key, operation.deadlineNs()).whenComplete((region, failure) -> {
            if (failure == null) {
                send(operation, region);
            } else {
                slowPath.onLoadFailure(operation, failure);
            }
        });
    }

    /**
     * Whether a failure is this client's own kind of exception, unwrapped.
     *
     * @param failure what a stage failed with
     * @return the exception, or null when it is something unexpected
     */
    public static @Nullable TikvException ownFailure(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof java.util.concurrent.CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof TikvException own ? own : null;
    }
}
