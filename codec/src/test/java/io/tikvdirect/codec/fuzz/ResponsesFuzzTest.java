package io.tikvdirect.codec.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tikvdirect.codec.kv.KvDifferential;

/** Any bytes as a raw answer, each kind of it, against protobuf-java. */
class ResponsesFuzzTest {
    @FuzzTest(maxDuration = "3m")
    void answers(final byte[] bytes) {
        KvDifferential.rawGet(bytes);
        KvDifferential.rawWrite(bytes);
        KvDifferential.rawKeyTtl(bytes);
        KvDifferential.rawCas(bytes);
        KvDifferential.rawChecksum(bytes);
        KvDifferential.rawCoprocessor(bytes);
        KvDifferential.rawPairs(bytes);
    }
}
