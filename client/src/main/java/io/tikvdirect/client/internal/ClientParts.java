package io.tikvdirect.client.internal;

import io.netty.channel.EventLoop;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.internal.memory.ClientMemory;
import io.tikvdirect.client.internal.pd.PdClient;
import io.tikvdirect.client.internal.pd.TimestampOracle;
import io.tikvdirect.client.internal.region.RegionCache;
import io.tikvdirect.client.internal.region.StoreTable;
import io.tikvdirect.client.internal.store.OperationPool;
import io.tikvdirect.client.internal.store.Sleepers;
import io.tikvdirect.client.internal.store.SlowPath;
import io.tikvdirect.client.internal.store.StoreChannels;
import io.tikvdirect.codec.key.KeySpace;
import io.tikvdirect.transport.EventLoops;

/** Immutable. The parts a client owns. */
record ClientParts(
        Config config,
        KeySpace keySpace,
        long clusterId,
        EventLoops loops,
        EventLoop control,
        PdClient pd,
        TimestampOracle oracle,
        StoreTable stores,
        RegionCache regions,
        Sleepers sleepers,
        SlowPath slowPath,
        StoreChannels channels,
        OperationPool pool,
        ClientMemory memory) {}
