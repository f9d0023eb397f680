package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.ConfigBuilder;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import io.tikvdirect.integration.IndependentCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A cluster the behaviour tests run against: our embedded one, the independent one, or whatever {@code PD_ADDRS} names. */
interface ServerUnderTest extends AutoCloseable {
    List<String> KEYSPACES = List.of("alpha", "beta");

    String name();

    ApiVersion api();

    String[] pdAddresses();

    Set<ServerFeature> features();

    /** Two keyspaces, where the server has {@link ServerFeature#KEYSPACES}. */
    List<String> keyspaces();

    @Override
    void close();

    default ConfigBuilder config() {
        return Config.builder().pdAddresses(pdAddresses()).api(api()).timeout(Duration.ofSeconds(60));
    }

    static ServerUnderTest embedded(ApiVersion api) {
        EmbeddedCluster cluster = start(api);
        return new Running(
                "embedded-" + lowerCase(api),
                api,
                cluster.pdAddresses().toArray(String[]::new),
                featuresOf(api),
                KEYSPACES,
                cluster);
    }

    private static EmbeddedCluster start(ApiVersion api) {
        try {
            return EmbeddedCluster.builder()
                    .stores(3)
                    .apiVersion(EmbeddedApiVersion.valueOf(api.name()))
                    .keyspaces(api == ApiVersion.V2 ? KEYSPACES.toArray(String[]::new) : new String[0])
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A real PD with the independent store, which has no coprocessor plugins to register. */
    static ServerUnderTest independent(ApiVersion api) {
        IndependentCluster cluster = IndependentCluster.start(api);
        Set<ServerFeature> features = featuresOf(api);
        features.removeAll(
                Set.of(ServerFeature.TXN_REVERSE_SCAN_OF_SNAPSHOTS, ServerFeature.TXN_LOCK_ONLY_CONFLICTS)); // unistore
        return new Running(
                "independent-" + lowerCase(api),
                api,
                new String[] {cluster.pdAddress()},
                features,
                // what integration/cluster has PD make
                List.of("judge_a", "judge_b"),
                cluster);
    }

    /**
     * The cluster named by {@code PD_ADDRS}, with {@code PD_API} (default v1), {@code PD_KEYSPACES} (two of an API V2
     * cluster, separated by a comma) and {@code PD_FEATURES}: the features it lacks, as a comma-separated list with a
     * minus before each, such as {@code -RAW_COPROCESSOR,-PD_SPLIT}.
     */
    static ServerUnderTest external() {
        ApiVersion api = ApiVersion.valueOf(setting("PD_API", "V1").toUpperCase(Locale.ROOT));
        Set<ServerFeature> features = featuresOf(api);
        List<String> keyspaces = List.of(setting("PD_KEYSPACES", "").split(","));
        if (keyspaces.size() < 2) {
            features.remove(ServerFeature.KEYSPACES);
        }
        for (String lacked : setting("PD_FEATURES", "").split(",")) {
            if (!lacked.isBlank()) {
                features.remove(ServerFeature.valueOf(lacked.strip().substring(1)));
            }
        }
        return new Running("external", api, setting("PD_ADDRS", "").split(","), features, keyspaces, () -> {});
    }

    private static String setting(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }

    private static String lowerCase(ApiVersion api) {
        return api.name().toLowerCase(Locale.ROOT);
    }

    /** What every server of this API version can do. */
    private static Set<ServerFeature> featuresOf(ApiVersion api) {
        Set<ServerFeature> features = EnumSet.allOf(ServerFeature.class);
        switch (api) {
            case V1 -> features.removeAll(Set.of(ServerFeature.RAW_TTL, ServerFeature.KEYSPACES));
            case V1TTL -> features.removeAll(Set.of(ServerFeature.KEYSPACES, ServerFeature.TRANSACTIONS));
            case V2 -> features.remove(ServerFeature.RAW_COLUMN_FAMILIES);
            default -> throw new AssertionError(api);
        }
        return features;
    }

    /** A server that runs, and how to stop it. */
    record Running(
            String name,
            ApiVersion api,
            String[] pdAddresses,
            Set<ServerFeature> features,
            List<String> keyspaces,
            AutoCloseable process)
            implements ServerUnderTest {
        @Override
        public void close() {
            try {
                process.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
