package io.tikvdirect.client.internal.region;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Random;

/** Ways in which keys are spread, as those of real tables are: hardly ever evenly over all bits. */
enum KeySkew {
    EVEN {
        @Override
        byte[] draw(final Random random) {
            return tail(random, EMPTY, 8 + random.nextInt(9));
        }
    },
    DIGITS {
        @Override
        byte[] draw(final Random random) {
            return "user:%012d".formatted(random.nextInt(1_000_000_000)).getBytes(US_ASCII);
        }
    },
    HEX {
        @Override
        byte[] draw(final Random random) {
            return "%016x".formatted(random.nextLong()).getBytes(US_ASCII);
        }
    },
    /** Rows of tables as TiDB names them, of which most keys of few tables. */
    TABLES_OF_ROWS {
        @Override
        byte[] draw(final Random random) {
            return row(100 + random.nextInt(3), random.nextInt(1 << 20));
        }
    },
    /** Rows of many tables, few of each. */
    MANY_TABLES {
        @Override
        byte[] draw(final Random random) {
            return row(100 + random.nextInt(90), random.nextInt(10) * 50_021L);
        }
    },
    /** Five groups of keys, far apart, the keys of one close together. */
    CLUSTERS {
        @Override
        byte[] draw(final Random random) {
            final int cluster = random.nextInt(5);
            final byte[] prefix = new byte[cluster * 4 + 1];
            Arrays.fill(prefix, (byte) (cluster * 63));
            return tail(random, prefix, 2 + random.nextInt(3));
        }
    },
    /** Each the beginning of another. */
    LENGTHS {
        @Override
        byte[] draw(final Random random) {
            return new byte[random.nextInt(60)];
        }
    },
    /** Which differ behind so much that they share that their codes are equal. */
    TIES {
        @Override
        byte[] draw(final Random random) {
            final byte[] prefix = new byte[13];
            prefix[0] = (byte) random.nextInt(256);
            prefix[12] = (byte) random.nextInt(3);
            return tail(random, prefix, random.nextInt(3));
        }
    };

    private static final byte[] EMPTY = {};

    abstract byte[] draw(Random random);

    private static byte[] tail(final Random random, final byte[] prefix, final int length) {
        final byte[] key = new byte[length];
        random.nextBytes(key);
        final byte[] all = Arrays.copyOf(prefix, prefix.length + length);
        System.arraycopy(key, 0, all, prefix.length, length);
        return all;
    }

    private static byte[] row(final long table, final long row) {
        final byte[] key = new byte[19];
        key[0] = 't';
        put(key, 1, table);
        key[9] = '_';
        key[10] = 'r';
        put(key, 11, row);
        return key;
    }

    /** With the sign turned, so that negative numbers are below. */
    private static void put(final byte[] key, final int at, final long number) {
        final long turned = number ^ Long.MIN_VALUE;
        for (int i = 0; i < Long.BYTES; i++) {
            key[at + i] = (byte) (turned >>> (Long.SIZE - Byte.SIZE * (i + 1)));
        }
    }

    /** A key as drawn, or one close to another. */
    byte[] drawNear(final Random random, final byte[] other) {
        return switch (random.nextInt(5)) {
            case 0 -> other;
            case 1 -> Arrays.copyOf(other, other.length + 1 + random.nextInt(9));
            case 2 -> Arrays.copyOf(other, random.nextInt(other.length + 1));
            case 3 -> changed(random, other);
            default -> draw(random);
        };
    }

    private static byte[] changed(final Random random, final byte[] other) {
        final byte[] changed = other.clone();
        if (changed.length > 0) {
            changed[random.nextInt(changed.length)] += (byte) (random.nextBoolean() ? 1 : -1);
        }
        return changed;
    }
}
