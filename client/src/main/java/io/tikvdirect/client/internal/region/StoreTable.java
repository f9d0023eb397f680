package io.tikvdirect.client.internal.region;

import io.tikvdirect.client.internal.log.RateLimitedLog;
import io.tikvdirect.client.internal.net.HostAndPort;
import io.tikvdirect.client.internal.pd.PlacementDriver;
import io.tikvdirect.proto.metapb.StoreLabel;
import io.tikvdirect.proto.metapb.StoreState;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Thread-safe. The stores of the cluster, one object each.
 *
 * <p>Addresses come from PD: on demand, with one request under way at a time, and from the owner's regular
 * {@link #refresh}. A store whose address changes or that becomes a tombstone makes its cached regions unusable and is
 * reported to the listener, which closes connections.
 */
public final class StoreTable {
    private static final RateLimitedLog LOG = new RateLimitedLog(LoggerFactory.getLogger(StoreTable.class));

    private final Generation generation = new Generation();
    private final Map<Long, Store> stores = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable CompletableFuture<Void>> refreshing = new AtomicReference<>();
    private final PlacementDriver pd;
    private final Map<String, String> addressMap;
    private volatile Consumer<Store> listener = store -> {};

    /**
     * An empty table.
     *
     * @param pd where stores are looked up
     * @param addressMap addresses to dial instead of announced ones
     */
    public StoreTable(final PlacementDriver pd, final Map<String, String> addressMap) {
        this.pd = pd;
        this.addressMap = addressMap;
    }

    /**
     * Sets who is told of stores that moved or are gone.
     *
     * @param onChange called on PD's event loop; must not block
     */
    public void onChange(final Consumer<Store> onChange) {
        listener = onChange;
    }

    /**
     * The store with an id, known to PD or not.
     *
     * @param id store id
     * @return always the same object for an id
     */
    public Store store(final long id) {
        return stores.computeIfAbsent(id, unknown -> new Store(unknown, generation));
    }

    /** Advances whenever regions on some store become unusable. */
    Generation generation() {
        return generation;
    }

    /**
     * Every store heard of.
     *
     * @return a copy
     */
    public List<Store> all() {
        return List.copyOf(stores.values());
    }

    /**
     * Sees to it that stores have addresses.
     *
     * @param ids store ids
     * @param deadlineNs {@link System#nanoTime()} based
     * @return completes at once when all are resolved; else once PD was asked, after which some may still be unknown
     */
    public CompletableFuture<Void> resolve(final Collection<Long> ids, final long deadlineNs) {
        for (final long id : ids) {
            if (store(id).description() == null) {
                return refresh(deadlineNs);
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /**
     * Asks PD for all stores. Calls made while one is under way share it.
     *
     * @param deadlineNs {@link System#nanoTime()} based
     * @return completes when the table is up to date
     */
    public CompletableFuture<Void> refresh(final long deadlineNs) {
        final CompletableFuture<Void> mine = new CompletableFuture<>();
        final CompletableFuture<Void> running = refreshing.compareAndExchange(null, mine);
        if (running != null) {
            return running;
        }
        final CompletableFuture<?> unused = pd.getAllStores(deadlineNs).whenComplete((all, failure) -> {
            refreshing.set(null);
            if (failure == null) {
                take(all);
                mine.complete(null);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    /**
     * Asks PD for one store, after it answered under another identity.
     *
     * @param storeId store id
     * @param deadlineNs {@link System#nanoTime()} based
     * @return completes when the table is up to date
     */
    public CompletableFuture<Void> reresolve(final long storeId, final long deadlineNs) {
        return pd.getStore(storeId, deadlineNs).thenAccept(found -> found.ifPresent(this::takeOne));
    }

    private void take(final List<io.tikvdirect.proto.metapb.Store> all) {
        final Set<Long> gone = new HashSet<>(stores.keySet());
        for (final io.tikvdirect.proto.metapb.Store each : all) {
            gone.remove(each.getId());
            takeOne(each);
        }
        gone.forEach(this::bury);
    }

    private void takeOne(final io.tikvdirect.proto.metapb.Store from) {
        try {
            final HostAndPort address = HostAndPort.mapped(from.getAddress(), addressMap);
            update(store(from.getId()), new Store.Description(address, state(from), from.getVersion(), labels(from)));
        } catch (final IllegalArgumentException malformed) {
            LOG.warn("PD gives store {} an address that cannot be dialled: {}", from.getId(), malformed.getMessage());
        }
    }

    /** PD forgets tombstones after a while. */
    private void bury(final long id) {
        final Store store = store(id);
        final Store.Description last = store.description();
        if (last != null && last.state() != Store.State.TOMBSTONE) {
            update(store, new Store.Description(last.address(), Store.State.TOMBSTONE, last.version(), last.labels()));
        }
    }

    private void update(final Store store, final Store.Description description) {
        if (store.update(description)) {
            listener.accept(store);
        }
    }

    private static Store.State state(final io.tikvdirect.proto.metapb.Store from) {
        if (from.getState() == StoreState.Tombstone) {
            return Store.State.TOMBSTONE;
        }
        return from.getState() == StoreState.Offline ? Store.State.OFFLINE : Store.State.UP;
    }

    private static Map<String, String> labels(final io.tikvdirect.proto.metapb.Store from) {
        return from.getLabelsList().stream()
                .collect(Collectors.toMap(StoreLabel::getKey, StoreLabel::getValue, (first, again) -> again));
    }
}
