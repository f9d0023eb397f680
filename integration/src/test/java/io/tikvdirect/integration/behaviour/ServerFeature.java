package io.tikvdirect.integration.behaviour;

/** What a server may be unable to serve; a behaviour test names what it needs, so that nothing is skipped in silence. */
enum ServerFeature {
    RAW_BASICS,
    RAW_TTL,
    RAW_ATOMIC,
    RAW_CHECKSUM,
    RAW_COLUMN_FAMILIES,
    RAW_DELETE_RANGE,
    RAW_COPROCESSOR,
    TRANSACTIONS,
    /** Scans backwards regard the snapshot's timestamp. */
    TXN_REVERSE_SCAN_OF_SNAPSHOTS,
    /** A key that was only locked is a conflict for an older transaction that writes it. */
    TXN_LOCK_ONLY_CONFLICTS,
    KEYSPACES,
    PD_SPLIT
}
