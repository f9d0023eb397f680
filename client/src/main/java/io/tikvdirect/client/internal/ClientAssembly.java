package io.tikvdirect.client.internal;

import io.tikvdirect.client.Config;
import io.tikvdirect.client.FailureDetails;
import io.tikvdirect.client.TikvClient;
import io.tikvdirect.client.UnsupportedFeatureException;

/** Stateless. Puts a client together from its parts. */
public final class ClientAssembly {

    private ClientAssembly() {}

    /**
     * See {@link TikvClient#open(Config)}.
     *
     * @param config the configuration
     * @return an open client
     */
    @SuppressWarnings("DoNotCallSuggester")
    public static TikvClient open(Config config) {
        throw new UnsupportedFeatureException(
                "the engine is being put together, for " + config, FailureDetails.NONE, null);
    }
}
