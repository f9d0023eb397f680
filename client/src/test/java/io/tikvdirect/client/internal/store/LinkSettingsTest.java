package io.tikvdirect.client.internal.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.tikvdirect.client.Config;
import io.tikvdirect.transport.TransportOptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkSettingsTest {

    /** Never, always, and only for a store that says it is loaded. */
    @ParameterizedTest
    @CsvSource({"0s, 0, 0, 0", "0s, 0, 900, 0", "2ms, 0, 0, 2000000", "2ms, 200, 199, 0", "2ms, 200, 200, 2000000"})
    void batchesWaitAsThePolicySays(String wait, String fromLoad, long load, long expectedNs) {
        Config config = Config.builder()
                .set("pd.addresses", "127.0.0.1:1")
                .set("batch.wait", wait)
                .set("batch.wait-load", fromLoad)
                .build();
        TransportOptions transport =
                TransportOptions.builder(PooledByteBufAllocator.DEFAULT).build();
        assertThat(LinkSettings.of(config, transport).waitNs(load)).isEqualTo(expectedNs);
    }
}
