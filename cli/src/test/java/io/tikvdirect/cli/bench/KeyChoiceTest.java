package io.tikvdirect.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyChoiceTest {
    private static final int KEYS = 100;
    private static final int DRAWS = 200_000;

    @Test
    void uniformChoiceReachesEveryKeyEquallyOften() {
        int[] counts = draw(KeyChoice.uniform(KEYS));

        assertThat(Arrays.stream(counts)).allMatch(count -> Math.abs(count - DRAWS / KEYS) < DRAWS / KEYS / 4);
    }

    @Test
    void zipfChoiceFollowsItsLaw() {
        int[] counts = draw(KeyChoice.zipf(KEYS));
        double zeta = IntStream.rangeClosed(1, KEYS)
                .mapToDouble(i -> Math.pow(i, -0.99))
                .sum();

        assertThat(counts[0] / (double) DRAWS).isBetween(0.9 / zeta, 1.1 / zeta);
        assertThat(counts[1] / (double) DRAWS).isBetween(0.45 / zeta, 0.56 / zeta);
        assertThat(counts[0]).isGreaterThan(counts[5]);
        assertThat(counts[5]).isGreaterThan(counts[60]);
        assertThat(counts[KEYS - 1]).isPositive();
    }

    @Test
    void oneKeyIsAlwaysTheSameKey() {
        assertThat(KeyChoice.zipf(1).sequence(3).next()).isZero();
        assertThat(KeyChoice.uniform(1).sequence(3).next()).isZero();
        assertThat(KeyChoice.uniform(5).sequence(3).nextWithRoom(100)).isZero();
    }

    @Test
    void theMixedWorkloadWritesFiveInAHundred() {
        KeyChoice.Sequence sequence = KeyChoice.uniform(KEYS).sequence(1);

        long writes =
                IntStream.range(0, DRAWS).filter(i -> sequence.nextIsWrite()).count();

        assertThat(writes).isBetween((long) (DRAWS * 0.045), (long) (DRAWS * 0.055));
    }

    private static int[] draw(KeyChoice choice) {
        int[] counts = new int[KEYS];
        KeyChoice.Sequence sequence = choice.sequence(42);
        for (int i = 0; i < DRAWS; i++) {
            counts[sequence.next()]++;
        }
        return counts;
    }
}
