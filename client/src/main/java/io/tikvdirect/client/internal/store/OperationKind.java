package io.tikvdirect.client.internal.store;

import io.tikvdirect.codec.kv.BatchCommand;

/**
 * Immutable. What an operation asks a store to do: its place in {@code BatchCommandsRequest.Request.cmd}, its unary
 * method, and what may be assumed when its answer is lost.
 */
public enum OperationKind {
    /** {@code RawGet}. */
    RAW_GET("raw_get", "RawGet", BatchCommand.RAW_GET, true),
    /** {@code RawPut}. */
    RAW_PUT("raw_put", "RawPut", BatchCommand.RAW_PUT, false),
    /** {@code RawDelete}. */
    RAW_DELETE("raw_delete", "RawDelete", BatchCommand.RAW_DELETE, false),
    /** {@code RawBatchGet}. */
    RAW_BATCH_GET("raw_batch_get", "RawBatchGet", BatchCommand.RAW_BATCH_GET, true),
    /** {@code RawBatchPut}. */
    RAW_BATCH_PUT("raw_batch_put", "RawBatchPut", BatchCommand.RAW_BATCH_PUT, false),
    /** {@code RawBatchDelete}. */
    RAW_BATCH_DELETE("raw_batch_delete", "RawBatchDelete", BatchCommand.RAW_BATCH_DELETE, false),
    /** {@code RawScan}. */
    RAW_SCAN("raw_scan", "RawScan", BatchCommand.RAW_SCAN, true),
    /** {@code RawDeleteRange}. */
    RAW_DELETE_RANGE("raw_delete_range", "RawDeleteRange", BatchCommand.RAW_DELETE_RANGE, false),
    /** {@code RawGetKeyTTL}; not carried by BatchCommands as client-go uses it (NET-02). */
    RAW_GET_KEY_TTL("raw_get_key_ttl", "RawGetKeyTTL", OperationKind.UNARY, true),
    /** {@code RawCompareAndSwap}; unary. */
    RAW_COMPARE_AND_SWAP("raw_compare_and_swap", "RawCompareAndSwap", OperationKind.UNARY, false),
    /** {@code RawChecksum}; unary. */
    RAW_CHECKSUM("raw_checksum", "RawChecksum", OperationKind.UNARY, true),
    /** {@code RawCoprocessor}; unary with us, a plug-in's call may take long. */
    RAW_COPROCESSOR("raw_coprocessor", "RawCoprocessor", OperationKind.UNARY, true),
    /** {@code KvGet}. */
    KV_GET("kv_get", "KvGet", BatchCommand.GET, true),
    /** {@code KvBatchGet}. */
    KV_BATCH_GET("kv_batch_get", "KvBatchGet", BatchCommand.BATCH_GET, true),
    /** {@code KvScan}. */
    KV_SCAN("kv_scan", "KvScan", BatchCommand.SCAN, true),
    /** {@code KvPrewrite}. */
    KV_PREWRITE("kv_prewrite", "KvPrewrite", BatchCommand.PREWRITE, false),
    /** {@code KvCommit}. */
    KV_COMMIT("kv_commit", "KvCommit", BatchCommand.COMMIT, false),
    /** {@code KvBatchRollback}. */
    KV_BATCH_ROLLBACK("kv_batch_rollback", "KvBatchRollback", BatchCommand.BATCH_ROLLBACK, false),
    /** {@code KvScanLock}. */
    KV_SCAN_LOCK("kv_scan_lock", "KvScanLock", BatchCommand.SCAN_LOCK, true),
    /** {@code KvResolveLock}. */
    KV_RESOLVE_LOCK("kv_resolve_lock", "KvResolveLock", BatchCommand.RESOLVE_LOCK, false),
    /** {@code KvPessimisticLock}. */
    KV_PESSIMISTIC_LOCK("kv_pessimistic_lock", "KvPessimisticLock", BatchCommand.PESSIMISTIC_LOCK, false),
    /** {@code KVPessimisticRollback}. */
    KV_PESSIMISTIC_ROLLBACK(
            "kv_pessimistic_rollback", "KVPessimisticRollback", BatchCommand.PESSIMISTIC_ROLLBACK, false),
    /** {@code KvCheckTxnStatus}. */
    KV_CHECK_TXN_STATUS("kv_check_txn_status", "KvCheckTxnStatus", BatchCommand.CHECK_TXN_STATUS, false),
    /** {@code KvCheckSecondaryLocks}. */
    KV_CHECK_SECONDARY_LOCKS(
            "kv_check_secondary_locks", "KvCheckSecondaryLocks", BatchCommand.CHECK_SECONDARY_LOCKS, false),
    /** {@code KvTxnHeartBeat}. */
    KV_TXN_HEART_BEAT("kv_txn_heart_beat", "KvTxnHeartBeat", BatchCommand.TXN_HEART_BEAT, false),
    /** {@code KvDeleteRange}. */
    KV_DELETE_RANGE("kv_delete_range", "KvDeleteRange", BatchCommand.DELETE_RANGE, false),
    /** {@code KvFlush}. */
    KV_FLUSH("kv_flush", "KvFlush", BatchCommand.FLUSH, false),
    /** {@code KvBufferBatchGet}. */
    KV_BUFFER_BATCH_GET("kv_buffer_batch_get", "KvBufferBatchGet", BatchCommand.BUFFER_BATCH_GET, true),
    /** {@code UnsafeDestroyRange}, to a store and no region; unary. */
    UNSAFE_DESTROY_RANGE("unsafe_destroy_range", "UnsafeDestroyRange", OperationKind.UNARY, false),
    /** {@code GetLockWaitInfo}, to a store and no region; unary. */
    GET_LOCK_WAIT_INFO("get_lock_wait_info", "GetLockWaitInfo", OperationKind.UNARY, true),
    /** {@code BroadcastTxnStatus}, to a store and no region. */
    BROADCAST_TXN_STATUS("broadcast_txn_status", "BroadcastTxnStatus", BatchCommand.BROADCAST_TXN_STATUS, false),
    /** {@code GetStoreSafeTS}, to a store and no region; unary, and without a Context. */
    GET_STORE_SAFE_TS("get_store_safe_ts", "GetStoreSafeTS", OperationKind.UNARY, true);

    /** The command number of kinds that travel as calls of their own. */
    public static final int UNARY = 0;

    private final String label;
    private final String method;
    private final int command;
    private final boolean read;

    OperationKind(String label, String method, int command, boolean read) {
        this.label = label;
        this.method = method;
        this.command = command;
        this.read = read;
    }

    /**
     * The name in failures and metrics.
     *
     * @return lower case with underscores
     */
    public String label() {
        return label;
    }

    /**
     * The method of {@code tikvpb.Tikv}.
     *
     * @return its name
     */
    public String method() {
        return method;
    }

    /**
     * The field number in the batch request's oneof.
     *
     * @return {@link #UNARY} when the kind travels as a call of its own
     */
    public int command() {
        return command;
    }

    /**
     * Whether the request has a {@code kvrpcpb.Context}.
     *
     * @return false when its first field is another one
     */
    public boolean hasContext() {
        return this != GET_STORE_SAFE_TS;
    }

    /**
     * Whether the operation changes nothing.
     *
     * @return true for reads
     */
    public boolean isRead() {
        return read;
    }
}
