package io.tikvdirect.cli.bench;

import java.util.Arrays;
import java.util.List;

/** Immutable. What one operation of the load generator is. */
enum Workload {
    /** Reads one key. */
    RAW_GET("raw-get"),
    /** Writes one key. */
    RAW_PUT("raw-put"),
    /** 95 reads and 5 writes in 100. */
    RAW_MIXED("raw-mixed"),
    /** Reads a batch of keys. */
    RAW_BATCH_GET("raw-batch-get"),
    /** Writes a batch of keys. */
    RAW_BATCH_PUT("raw-batch-put"),
    /** Scans from a key on. */
    RAW_SCAN("raw-scan");

    /** Names that cli.md knows and this version cannot run yet. */
    static final List<String> NOT_AVAILABLE_YET = List.of("txn-get", "txn-1pc", "txn-rw", "txn-pessimistic");

    private final String label;

    Workload(String label) {
        this.label = label;
    }

    /** The name on the command line. */
    String label() {
        return label;
    }

    /** Whether the keys must be there before. */
    boolean reads() {
        return this != RAW_PUT && this != RAW_BATCH_PUT;
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Workload::label).toList();
    }
}
