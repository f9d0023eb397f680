package io.tikvdirect.embedded.internal.txn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of another implementation of FarmHash's Fingerprint64, one per length at which the algorithm changes. */
class KeyHashTest {
    @ParameterizedTest
    @CsvSource({
        "0, 9ae16a3b2f90404f",
        "1, 47a24c13b17e583e",
        "3, 26b4da356b8b9558",
        "4, efc83e8c71df5af5",
        "7, 1fafa9edd289ae25",
        "8, d442a22feec8439a",
        "9, fcecd7370c9894f7",
        "16, 0db0c6c6cfc9cc97",
        "17, 33fce0bef0c317a9",
        "32, 3ff780b33fa8801a",
        "33, 9a5b1c0ff4a38467",
        "64, 111fa8723e25adca",
        "65, 0366ab6067b570b1",
        "127, 3f0ed94dc9c5d70c",
        "128, ce22f72c75b92bbf",
        "129, 3dac9153fd008293",
        "200, 723d395582226c57"
    })
    void keysOfEveryLengthHaveTheirFingerprint(int length, String expected) {
        byte[] key = new byte[length];
        for (int i = 0; i < length; i++) {
            key[i] = (byte) (i * 7 + 1);
        }

        assertThat(Long.toUnsignedString(KeyHash.of(key), 16)).isEqualTo(expected.replaceFirst("^0+", ""));
    }
}
