package io.tikvdirect.codec.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tikvdirect.codec.wire.FieldCursorDifferential;

/** Any bytes as a message of any kind, against protobuf-java. */
class WireFuzzTest {
    @FuzzTest(maxDuration = "3m")
    void fields(final byte[] bytes) {
        FieldCursorDifferential.check(bytes);
    }
}
