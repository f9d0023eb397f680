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
    KEYSPACES,
    PD_SPLIT
}
