package io.tikvdirect.embedded;

import io.grpc.ServerInterceptor;
import io.tikvdirect.embedded.internal.serving.ServerTls;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Confined to its caller. The settings of a cluster, each with a default. */
public final class EmbeddedClusterBuilder {
    private static final int MAX_STORES = 64;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_REGIONS = 16_384;

    int stores = 1;
    EmbeddedApiVersion apiVersion = EmbeddedApiVersion.V1;
    int pdPort;
    int regions = 1;
    final List<byte[]> splitKeys = new ArrayList<>();
    final List<String> keyspaces = new ArrayList<>();
    InstantSource clock = InstantSource.system();
    long seed = 1;
    boolean leadersOnFirstStore;
    private @Nullable Path tlsCertificates;
    private @Nullable Path tlsKey;
    private @Nullable Path tlsClientAuthorities;
    Duration resolvedTsInterval = Duration.ofSeconds(20);
    final Map<Long, Map<String, String>> storeLabels = new HashMap<>();
    final List<ServerInterceptor> storeInterceptors = new ArrayList<>();

    EmbeddedClusterBuilder() {}

    /**
     * How many stores; 1 unless set. A region has up to three replicas.
     *
     * @throws IllegalArgumentException outside of 1..64
     */
    public EmbeddedClusterBuilder stores(int count) {
        stores = within(count, 1, MAX_STORES, "stores");
        return this;
    }

    /** How keys and values are kept; {@link EmbeddedApiVersion#V1} unless set. */
    public EmbeddedClusterBuilder apiVersion(EmbeddedApiVersion version) {
        apiVersion = version;
        return this;
    }

    /**
     * PD's port; 0 (unless set) lets the system choose. The stores' ports are always the system's choice.
     *
     * @throws IllegalArgumentException when it is no port
     */
    public EmbeddedClusterBuilder pdPort(int port) {
        pdPort = within(port, 0, MAX_PORT, "PD's port");
        return this;
    }

    /**
     * How many regions, split evenly over the first two bytes of keys (on API V2: of the default keyspace's raw keys);
     * 1 unless set. For other distributions see {@link #splitKeys}.
     *
     * @throws IllegalArgumentException outside of 1..16384
     */
    public EmbeddedClusterBuilder regions(int count) {
        regions = within(count, 1, MAX_REGIONS, "regions");
        return this;
    }

    /** Splits at these keys too, as raw requests to stores carry them. */
    public EmbeddedClusterBuilder splitKeys(List<byte[]> keys) {
        keys.forEach(key -> splitKeys.add(key.clone()));
        return this;
    }

    /** Keyspaces beside {@code DEFAULT}, with ids from 1 on in this order. */
    public EmbeddedClusterBuilder keyspaces(String... names) {
        keyspaces.addAll(List.of(names));
        return this;
    }

    /** The time by which values expire and timestamps are given; the system's unless set. See {@link ManualClock}. */
    public EmbeddedClusterBuilder clock(InstantSource source) {
        clock = source;
        return this;
    }

    /** The seed of everything random: the cluster's id and the chances of fault rules; 1 unless set. */
    public EmbeddedClusterBuilder seed(long value) {
        seed = value;
        return this;
    }

    /** All leaders begin on the first store; unless set they are spread in turn. */
    public EmbeddedClusterBuilder leadersOnFirstStore() {
        leadersOnFirstStore = true;
        return this;
    }

    /**
     * PD and all stores speak TLS; plaintext unless set. The certificate should be good for 127.0.0.1, which is where they
     * are announced.
     *
     * @param certificates PEM file with the servers' certificate chain; read at each start of a server
     * @param privateKey PKCS#8 PEM file with its key
     */
    public EmbeddedClusterBuilder tls(Path certificates, Path privateKey) {
        tlsCertificates = certificates;
        tlsKey = privateKey;
        return this;
    }

    /**
     * Clients need a certificate signed by one of these; unless set they need none.
     *
     * @param authorities PEM file
     */
    public EmbeddedClusterBuilder tlsClientAuthorities(Path authorities) {
        tlsClientAuthorities = authorities;
        return this;
    }

    @Nullable
    ServerTls tls() {
        if (tlsCertificates == null || tlsKey == null) {
            if (tlsClientAuthorities != null) {
                throw new IllegalStateException("clients can only be asked for certificates where tls(...) is set");
            }
            return null;
        }
        return new ServerTls(tlsCertificates, tlsKey, tlsClientAuthorities);
    }

    /**
     * How often, by the cluster's clock, followers learn up to which timestamp they may serve stale reads; 20 s unless
     * set, which is TiKV's default ({@code resolved-ts.advance-ts-interval}). Before the first time they serve none.
     *
     * @throws IllegalArgumentException when it is less than a millisecond
     */
    public EmbeddedClusterBuilder resolvedTsInterval(Duration interval) {
        if (interval.toMillis() < 1) {
            throw new IllegalArgumentException("the interval must be at least a millisecond: " + interval);
        }
        resolvedTsInterval = interval;
        return this;
    }

    /**
     * Labels of a store, as PD tells them: where it stands, for instance. None unless set.
     *
     * @param storeId 1 to the number of stores
     */
    public EmbeddedClusterBuilder storeLabels(long storeId, Map<String, String> labels) {
        storeLabels.put(storeId, Map.copyOf(labels));
        return this;
    }

    /** Lets {@code interceptor} see all calls at all stores: for tests that break answers. */
    EmbeddedClusterBuilder storeInterceptor(ServerInterceptor interceptor) {
        storeInterceptors.add(interceptor);
        return this;
    }

    /**
     * Starts the cluster; it serves when this returns.
     *
     * @throws IOException when a port can't be had or a file for TLS can't be read; nothing is left behind
     */
    public EmbeddedCluster start() throws IOException {
        return EmbeddedCluster.start(this);
    }

    private static int within(int value, int min, int max, String what) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " must be within " + min + ".." + max + ": " + value);
        }
        return value;
    }
}
