package io.tikvdirect.cli.bench;

import java.util.SplittableRandom;

/**
 * Immutable. Which keys operations use: uniformly chosen, or by Zipf's law with exponent 0.99 as YCSB has it.
 *
 * <p>The Zipf sequence is drawn before the run, because drawing costs more than the operation's share of a client.
 */
final class KeyChoice {
    private static final double EXPONENT = 0.99;
    private static final int DRAWN = 1 << 20;
    private static final int MIXED_WRITES_PERCENT = 5;

    private final int keys;
    private final int[] drawn;

    private KeyChoice(int keys, int[] drawn) {
        this.keys = keys;
        this.drawn = drawn;
    }

    static KeyChoice uniform(int keys) {
        return new KeyChoice(keys, new int[0]);
    }

    static KeyChoice zipf(int keys) {
        return new KeyChoice(keys, draw(keys));
    }

    /** A sequence of its own for one operation in flight. */
    Sequence sequence(long seed) {
        return new Sequence(keys, drawn, seed);
    }

    /** Gray et al., "Quickly Generating Billion-Record Synthetic Databases": constant time for each draw. */
    private static int[] draw(int keys) {
        double zeta = 0;
        for (int i = 1; i <= keys; i++) {
            zeta += Math.pow(i, -EXPONENT);
        }
        double zetaOfTwo = 1 + Math.pow(2, -EXPONENT);
        double alpha = 1 / (1 - EXPONENT);
        double eta = (1 - Math.pow(2.0 / keys, 1 - EXPONENT)) / (1 - zetaOfTwo / zeta);
        SplittableRandom random = new SplittableRandom(42);
        int[] drawn = new int[DRAWN];
        for (int i = 0; i < DRAWN; i++) {
            double u = random.nextDouble();
            double rank = keys * Math.pow(eta * u - eta + 1, alpha);
            boolean first = u * zeta < 1;
            boolean second = u * zeta < zetaOfTwo;
            drawn[i] = first ? 0 : second ? Math.min(1, keys - 1) : (int) Math.min(rank, keys - 1);
        }
        return drawn;
    }

    /** Confined to one operation in flight. Gives key after key without allocating. */
    static final class Sequence {
        private final int keys;
        private final int[] drawn;
        private long state;

        private Sequence(int keys, int[] drawn, long seed) {
            this.keys = keys;
            this.drawn = drawn;
            this.state = seed * 0x9E3779B97F4A7C15L + 1;
        }

        /** The next key's index. */
        int next() {
            long bits = nextBits();
            return drawn.length == 0 ? scaled(bits, keys) : drawn[(int) (bits >>> 44) & (DRAWN - 1)];
        }

        /** A key's index that leaves {@code room} keys behind it where there are so many. */
        int nextWithRoom(int room) {
            return Math.min(next(), Math.max(0, keys - room));
        }

        /** Whether the next operation of the mixed workload writes. */
        boolean nextIsWrite() {
            return scaled(nextBits(), 100) < MIXED_WRITES_PERCENT;
        }

        /** Marsaglia's xorshift64 with a multiplication (Vigna's xorshift64*). */
        private long nextBits() {
            state ^= state >>> 12;
            state ^= state << 25;
            state ^= state >>> 27;
            return state * 0x2545F4914F6CDD1DL;
        }

        private static int scaled(long bits, int bound) {
            return (int) (((bits >>> 32) * bound) >>> 32);
        }
    }
}
