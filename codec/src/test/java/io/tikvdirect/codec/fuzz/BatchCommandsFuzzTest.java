package io.tikvdirect.codec.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tikvdirect.codec.kv.KvDifferential;

/** Any bytes as a batch of answers, against protobuf-java. */
class BatchCommandsFuzzTest {
    @FuzzTest(maxDuration = "3m")
    void batches(final byte[] bytes) {
        KvDifferential.batchCommands(bytes);
    }
}
