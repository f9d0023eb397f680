package io.tikvdirect.client;

/** Immutable. How much of a key is shown in exceptions, logs and events; keys may be personal data. */
public enum KeyRedaction {
    /** Only the key's length. The default. */
    FULL,
    /** The key's length and a 32-bit hash, so that equal keys can be told from different ones. */
    HASH,
    /** The key itself, with non-printable bytes escaped. */
    OFF
}
