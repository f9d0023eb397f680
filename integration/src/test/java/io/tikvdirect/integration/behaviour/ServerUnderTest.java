package io.tikvdirect.integration.behaviour;

import io.tikvdirect.client.ApiVersion;
import io.tikvdirect.client.Config;
import io.tikvdirect.client.ConfigBuilder;
import io.tikvdirect.embedded.EmbeddedApiVersion;
import io.tikvdirect.embedded.EmbeddedCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** A cluster the behaviour tests run against: our embedded one, or whatever {@code PD_ADDRS} names. */
interface ServerUnderTest extends AutoCloseable {
    String name();

    ApiVersion api();

    String[] pdAddresses();

    Set<ServerFeature> features();

    @Override
    void close();

    default ConfigBuilder config() {
        return Config.builder().pdAddresses(pdAddresses()).api(api()).timeout(Duration.ofSeconds(20));
    }

    static ServerUnderTest embedded(ApiVersion api) {
        EmbeddedCluster cluster = start(api);
        Set<ServerFeature> features = EnumSet.allOf(ServerFeature.class);
        switch (api) {
            case V1 -> {
                features.remove(ServerFeature.RAW_TTL);
                features.remove(ServerFeature.KEYSPACES);
            }
            case V1TTL -> features.remove(ServerFeature.KEYSPACES);
            case V2 -> features.remove(ServerFeature.RAW_COLUMN_FAMILIES);
            default -> throw new AssertionError(api);
        }
        return new Running(
                "embedded-" + api.name().toLowerCase(java.util.Locale.ROOT),
                api,
                cluster.pdAddresses().toArray(String[]::new),
                features,
                cluster);
    }

    private static EmbeddedCluster start(ApiVersion api) {
        try {
            return EmbeddedCluster.builder()
                    .stores(3)
                    .apiVersion(EmbeddedApiVersion.valueOf(api.name()))
                    .keyspaces(api == ApiVersion.V2 ? new String[] {"alpha", "beta"} : new String[0])
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The cluster named by {@code PD_ADDRS}, with {@code PD_API} (default v1) and {@code PD_FEATURES}: the features it
     * lacks, as a comma-separated list with a minus before each, such as {@code -RAW_COPROCESSOR,-PD_SPLIT}.
     */
    static ServerUnderTest external() {
        ApiVersion api =
                ApiVersion.valueOf(System.getenv().getOrDefault("PD_API", "V1").toUpperCase(java.util.Locale.ROOT));
        Set<ServerFeature> features = EnumSet.allOf(ServerFeature.class);
        if (api != ApiVersion.V2) {
            features.remove(ServerFeature.KEYSPACES);
        } else {
            features.remove(ServerFeature.RAW_COLUMN_FAMILIES);
        }
        if (api == ApiVersion.V1) {
            features.remove(ServerFeature.RAW_TTL);
        }
        for (String lacked : System.getenv().getOrDefault("PD_FEATURES", "").split(",")) {
            if (!lacked.isBlank()) {
                features.remove(ServerFeature.valueOf(lacked.strip().substring(1)));
            }
        }
        return new Running("external", api, System.getenv("PD_ADDRS").split(","), features, () -> {});
    }

    /** A server that runs, and how to stop it. */
    record Running(
            String name, ApiVersion api, String[] pdAddresses, Set<ServerFeature> features, AutoCloseable process)
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
