package io.tikvdirect.client.internal;

import io.netty.channel.EventLoop;
import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.ClientClosedException;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.OperationCancelledException;
import io.tikvdirect.client.PdUnavailableException;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.TikvException;
import io.tikvdirect.client.internal.call.CallEngine;
import io.tikvdirect.client.internal.memory.ClientMemory;
import io.tikvdirect.client.internal.pd.PdClient;
import io.tikvdirect.client.internal.pd.TimestampOracle;
import io.tikvdirect.client.internal.raw.BlockingFace;
import io.tikvdirect.client.internal.raw.RawEngine;
import io.tikvdirect.client.internal.region.Peer;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.region.RouteEncoder;
import io.tikvdirect.client.internal.region.StoreTable;
import io.tikvdirect.client.internal.store.LinkSettings;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.client.internal.store.RegionHealer;
import io.tikvdirect.client.internal.store.Router;
import io.tikvdirect.client.internal.store.Sleepers;
import io.tikvdirect.client.internal.store.SlowPath;
import io.tikvdirect.client.internal.store.SlowRequests;
import io.tikvdirect.client.internal.store.StoreChannels;
import io.tikvdirect.client.internal.time.Punctuality;
import io.tikvdirect.client.internal.txn.TxnEngine;
import io.tikvdirect.client.raw.RawOptions;
import io.tikvdirect.codec.key.KeyMode;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.codec.kv.ContextEncoder;
import io.tikvdirect.transport.EventLoopOptions;
import io.tikvdirect.transport.EventLoops;
import io.tikvdirect.transport.TransportOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Stateless. Puts a client together from its parts. */
public final class ClientAssembly {

    /** Direct memory each operation owns for its request; larger requests are allocated. */
    private static final int SLAB_BYTES = 512;

    /** How many asynchronous calls may wait for a place in the window, per place. */
    private static final int WAITERS_PER_OPERATION = 4;

    /** How much later than the deadline a waiting thread gives up by itself. */
    private static final long GRACE_NS = TimeUnit.MILLISECONDS.toNanos(40);

    private static final RandomGenerator RANDOM = new RandomGenerator() {
        @Override
        public long nextLong() {
            return ThreadLocalRandom.current().nextLong();
        }
    };

    private ClientAssembly() {}

    /**
     * See {@link TikvClient#open(Config)}.
     *
     * @param config the configuration
     * @return an open client
     */
    public static TikvClient open(Config config) {
        return open(config, ClientMemory::new);
    }

    /** With memory made for so many loops. */
    static TikvClient open(Config config, IntFunction<ClientMemory> memories) {
        long deadlineNs = System.nanoTime() + config.timeout().toNanos();
        EventLoopOptions loopOptions = TransportSetup.loops(config);
        ClientMemory memory = memories.apply(loopOptions.loops());
        TransportOptions transport = TransportSetup.options(config, memory);
        EventLoops loops = EventLoops.open(loopOptions);
        try {
            memory.serve(loops);
            return connect(config, deadlineNs, loops, transport, memory);
        } catch (RuntimeException | Error failed) {
            loops.close();
            memory.close();
            throw failed;
        }
    }

    private static TikvClient connect(
            Config config, long deadlineNs, EventLoops loops, TransportOptions transport, ClientMemory memory) {
        Punctuality punctuality = new Punctuality();
        PdClient pd = new PdClient(config, loops.next(), transport, RANDOM, punctuality);
        try {
            long clusterId = await(pd.open(deadlineNs), deadlineNs);
            KeySpace keySpace = keySpace(config, pd, deadlineNs);
            return assemble(config, keySpace, clusterId, loops, transport, memory, pd, punctuality);
        } catch (RuntimeException | Error failed) {
            pd.close();
            throw failed;
        }
    }

    private static TikvClient assemble(
            Config config,
            KeySpace keySpace,
            long clusterId,
            EventLoops loops,
            TransportOptions transport,
            ClientMemory memory,
            PdClient pd,
            Punctuality punctuality) {
        EventLoop control = loops.next().eventLoop();
        StoreTable stores = new StoreTable(pd, config.addressMap());
        RegionCache regions = new RegionCache(config, keySpace, pd, stores, routeEncoder(keySpace), control, RANDOM);
        long budgetNs = config.backoffBudget().toNanos() * config.backoffWeight();
        Sleepers sleepers = new Sleepers(budgetNs);
        SlowPath slowPath = new SlowPath(
                sleepers, new RegionHealer(regions, stores), punctuality, new SlowRequests(config.slowRequests()));
        StoreChannels channels =
                new StoreChannels(LinkSettings.of(config, transport), config.storeConnections(), loops::next, slowPath);
        stores.onChange(channels::onStoreChange);
        OperationPool pool = new OperationPool(
                config.inflightOperations(),
                SLAB_BYTES,
                config.inflightBytes(),
                WAITERS_PER_OPERATION * config.inflightOperations(),
                memory,
                config.redaction(),
                punctuality);
        RawEngine engine = new RawEngine(
                config,
                keySpace,
                pool,
                new Router(regions, channels, slowPath),
                regions,
                slowPath,
                memory,
                new CallEngine.Threads(() -> isOwnLoop(loops), control));
        ClientParts parts = new ClientParts(
                config,
                keySpace,
                clusterId,
                loops,
                control,
                pd,
                new TimestampOracle(config, pd),
                stores,
                regions,
                sleepers,
                slowPath,
                channels,
                pool,
                memory);
        Supplier<TxnEngine> transactions = () -> transactions(parts, memory);
        return new OpenClient(parts, new BlockingFace(engine, RawOptions.DEFAULT), transactions);
    }

    /** Made when first asked for: routes of transactional keys differ from those of raw ones. */
    private static TxnEngine transactions(ClientParts parts, ClientMemory memory) {
        KeySpace keySpace = transactionalKeySpace(parts.keySpace());
        RegionCache regions = new RegionCache(
                parts.config(), keySpace, parts.pd(), parts.stores(), routeEncoder(keySpace), parts.control(), RANDOM);
        SlowPath slowPath = new SlowPath(
                parts.sleepers(),
                new RegionHealer(regions, parts.stores()),
                parts.slowPath().punctuality(),
                parts.slowPath().slowRequests());
        return new TxnEngine(
                parts.config(),
                keySpace,
                new TxnEngine.Cluster(parts.pd(), parts.oracle(), parts.stores()),
                parts.pool(),
                new Router(regions, parts.channels(), slowPath),
                regions,
                slowPath,
                memory,
                new CallEngine.Threads(() -> isOwnLoop(parts.loops()), parts.control()));
    }

    private static KeySpace transactionalKeySpace(KeySpace raw) {
        return raw.keyspaceId() == KeySpace.NO_KEYSPACE
                ? KeySpace.v1Txn()
                : KeySpace.v2(KeyMode.TXN, (int) raw.keyspaceId());
    }

    static boolean isOwnLoop(EventLoops loops) {
        for (int i = 0; i < loops.size(); i++) {
            if (loops.loop(i).inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    private static RouteEncoder routeEncoder(KeySpace keySpace) {
        return (long regionId, long confVersion, long version, Peer peer, long bucketsVersion) -> new ContextEncoder()
                .regionId(regionId)
                .regionEpoch(confVersion, version)
                .peer(peer.id(), peer.storeId(), peer.role().getNumber(), false)
                .keySpace(keySpace)
                .bucketsVersion(bucketsVersion)
                .encode();
    }

    private static KeySpace keySpace(Config config, PdClient pd, long deadlineNs) {
        if (config.api() == ApiVersion.V1) {
            return KeySpace.v1();
        }
        if (config.api() == ApiVersion.V1TTL) {
            return KeySpace.v1Ttl();
        }
        if (config.keyspaceId() >= 0) {
            return KeySpace.v2(
                    KeyMode.RAW,
                    await(pd.loadKeyspaceById(config.keyspaceId(), deadlineNs), deadlineNs)
                            .getId());
        }
        String name = config.keyspace();
        boolean isDefault = name.isEmpty() || name.equals("DEFAULT");
        int id = isDefault
                ? 0
                : await(pd.loadKeyspace(name, deadlineNs), deadlineNs).getId();
        return KeySpace.v2(KeyMode.RAW, id);
    }

    /** Waits for a stage; its failure is thrown as it is, with this thread's stack. */
    static <T> T await(CompletableFuture<T> stage, long deadlineNs) {
        try {
            // the stage keeps the deadline itself; the rest is for a loop that is stuck
            return stage.get(deadlineNs - System.nanoTime() + GRACE_NS, TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            throw thrown(failed.getCause());
        } catch (TimeoutException stuck) {
            throw new PdUnavailableException("no answer before the deadline", FailureDetails.NONE, stuck);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(
                    "the waiting thread was interrupted", FailureDetails.NONE, interrupted);
        }
    }

    private static TikvException thrown(@Nullable Throwable cause) {
        Throwable failure = cause == null ? new IllegalStateException("a failure without a cause") : cause;
        TikvException own = Router.ownFailure(failure);
        if (own == null) {
            return new PdUnavailableException("unexpected failure: " + failure, FailureDetails.NONE, failure);
        }
        own.setStackTrace(new Throwable().getStackTrace());
        return own;
    }

    static ClientClosedException closed() {
        return new ClientClosedException("the client is closed", FailureDetails.NONE, null);
    }
}
