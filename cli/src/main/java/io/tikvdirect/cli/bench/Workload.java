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
    RAW_SCAN("raw-scan"),
    /** Reads one key at a timestamp of its own. */
    TXN_GET("txn-get"),
    /** Writes one key in a transaction of one phase. */
    TXN_1PC("txn-1pc"),
    /** Reads one key and writes two in an optimistic transaction of two phases. */
    TXN_RW("txn-rw"),
    /** Locks one key, reads it so, and writes it in a pessimistic transaction. */
    TXN_PESSIMISTIC("txn-pessimistic"),
    /** Asks for a timestamp, and nothing else. */
    TXN_TS("txn-ts");

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
        return this != RAW_PUT && this != RAW_BATCH_PUT && this != TXN_1PC && this != TXN_TS;
    }

    /** Whether it works in transactions. */
    boolean isTransactional() {
        return label.startsWith("txn-");
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Workload::label).toList();
    }
}
