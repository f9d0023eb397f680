package io.tikvdirect.codec.key;

/** Immutable: which of the two kinds of data a key of API V2 belongs to; its first byte. */
public enum KeyMode {
    /** Raw key-value data. */
    RAW('r'),
    /** Transactional data. */
    TXN('x');

    private final byte prefix;

    KeyMode(final char prefix) {
        this.prefix = (byte) prefix;
    }

    /**
     * The first byte of every key of this mode.
     *
     * @return {@code 'r'} or {@code 'x'}
     */
    public byte prefix() {
        return prefix;
    }
}
