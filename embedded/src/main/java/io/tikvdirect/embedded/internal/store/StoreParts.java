package io.tikvdirect.embedded.internal.store;

import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.internal.data.RawSpace;
import io.tikvdirect.embedded.internal.topology.Regions;
import io.tikvdirect.embedded.internal.txn.TxnEngine;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Immutable. What every store of a cluster shares.
 *
 * @param clusterId the cluster's id
 * @param apiVersion how keys and values are kept
 * @param regions the regions
 * @param raw the raw pairs
 * @param txn the transactional engine with its keys
 * @param flashbacks the regions that are closed for a flashback
 * @param safeTimestamps below which timestamps stale reads are served
 * @param clock tells the second by which values expire
 * @param timestamps gives a timestamp as PD's oracle would
 * @param coprocessors the coprocessor plugins
 */
public record StoreParts(
        long clusterId,
        EmbeddedApiVersion apiVersion,
        Regions regions,
        RawSpace raw,
        TxnEngine txn,
        Flashbacks flashbacks,
        SafeTimestamps safeTimestamps,
        InstantSource clock,
        LongSupplier timestamps,
        CoprocessorPlugins coprocessors) {}
