package io.tikvdirect.codec.kv;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Crc64Test {
    @Test
    void checkValueOfCrc64Xz() {
        assertThat(new Crc64().update("123456789".getBytes(US_ASCII)).value()).isEqualTo(0x995DC9BBDF1939FAL);
        assertThat(new Crc64().value()).isZero();
    }

    /** Recorded from a real store, API V1: RawChecksum over these pairs. */
    @Test
    void checksumsOfARealStore() {
        assertThat(pair("vec007__a", "va")).isEqualTo(2848926229950873234L);
        assertThat(pair("vec007__b", "vb")).isEqualTo(2395689025544058875L);
        assertThat(pair("vec007__c", "")).isEqualTo(3375807258814823563L);
        assertThat(pair("vec007__a", "va") ^ pair("vec007__b", "vb")).isEqualTo(483672098860517737L);
        final long region = pair("vec007__a", "va")
                ^ pair("vec007__b", "vb")
                ^ pair("vec007__c", "")
                ^ pair("vec007__d", "vd")
                ^ pair("vec007__e", "ve");
        assertThat(Long.toUnsignedString(region)).isEqualTo("11838470362507757382");
    }

    /** Recorded from a real store, API V2, where the checksum covers the key space's prefix. */
    @Test
    void checksumOfARealStoreCoversThePrefix() {
        assertThat(Long.toUnsignedString(pair("r\0\0\0vec007__a", "va"))).isEqualTo("12574719329750855515");
    }

    private static long pair(final String storeKey, final String value) {
        return Crc64.ofPair(storeKey.getBytes(US_ASCII), value.getBytes(US_ASCII));
    }
}
