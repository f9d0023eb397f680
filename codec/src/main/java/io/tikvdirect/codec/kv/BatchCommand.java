package io.tikvdirect.codec.kv;

/**
 * Stateless: the commands that a {@code BatchCommandsRequest} can carry and a {@code BatchCommandsResponse} can answer,
 * each the number of its field in the two {@code oneof cmd}. The raw commands that are not here (compare-and-swap, key TTL,
 * checksum) have only a unary call.
 */
public final class BatchCommand {
    /** No command: what a store answers to a request without one. */
    public static final int NONE = 0;
    /** {@code kvrpcpb.GetRequest}. */
    public static final int GET = 1;
    /** {@code kvrpcpb.ScanRequest}. */
    public static final int SCAN = 2;
    /** {@code kvrpcpb.PrewriteRequest}. */
    public static final int PREWRITE = 3;
    /** {@code kvrpcpb.CommitRequest}. */
    public static final int COMMIT = 4;
    /** {@code kvrpcpb.BatchGetRequest}. */
    public static final int BATCH_GET = 7;
    /** {@code kvrpcpb.BatchRollbackRequest}. */
    public static final int BATCH_ROLLBACK = 8;
    /** {@code kvrpcpb.ScanLockRequest}. */
    public static final int SCAN_LOCK = 9;
    /** {@code kvrpcpb.ResolveLockRequest}. */
    public static final int RESOLVE_LOCK = 10;
    /** {@code kvrpcpb.DeleteRangeRequest}. */
    public static final int DELETE_RANGE = 12;
    /** {@code kvrpcpb.RawGetRequest}. */
    public static final int RAW_GET = 13;
    /** {@code kvrpcpb.RawBatchGetRequest}. */
    public static final int RAW_BATCH_GET = 14;
    /** {@code kvrpcpb.RawPutRequest}. */
    public static final int RAW_PUT = 15;
    /** {@code kvrpcpb.RawBatchPutRequest}. */
    public static final int RAW_BATCH_PUT = 16;
    /** {@code kvrpcpb.RawDeleteRequest}. */
    public static final int RAW_DELETE = 17;
    /** {@code kvrpcpb.RawBatchDeleteRequest}. */
    public static final int RAW_BATCH_DELETE = 18;
    /** {@code kvrpcpb.RawScanRequest}. */
    public static final int RAW_SCAN = 19;
    /** {@code kvrpcpb.RawDeleteRangeRequest}. */
    public static final int RAW_DELETE_RANGE = 20;
    /** {@code kvrpcpb.RawBatchScanRequest}. */
    public static final int RAW_BATCH_SCAN = 21;
    /** {@code kvrpcpb.PessimisticLockRequest}. */
    public static final int PESSIMISTIC_LOCK = 23;
    /** {@code kvrpcpb.PessimisticRollbackRequest}. */
    public static final int PESSIMISTIC_ROLLBACK = 24;
    /** {@code kvrpcpb.CheckTxnStatusRequest}. */
    public static final int CHECK_TXN_STATUS = 25;
    /** {@code kvrpcpb.TxnHeartBeatRequest}. */
    public static final int TXN_HEART_BEAT = 26;
    /** {@code kvrpcpb.CheckSecondaryLocksRequest}. */
    public static final int CHECK_SECONDARY_LOCKS = 33;
    /** {@code kvrpcpb.RawCoprocessorRequest}. */
    public static final int RAW_COPROCESSOR = 34;
    /** {@code kvrpcpb.FlushRequest}. */
    public static final int FLUSH = 37;
    /** {@code kvrpcpb.BufferBatchGetRequest}. */
    public static final int BUFFER_BATCH_GET = 38;
    /** {@code kvrpcpb.BroadcastTxnStatusRequest}. */
    public static final int BROADCAST_TXN_STATUS = 40;
    /** {@code tikvpb.BatchCommandsEmptyRequest}. */
    public static final int EMPTY = 255;

    /** One bit for each field number below 64 that is a command: 1 to 26 and 33 to 40. */
    private static final long COMMANDS = ((1L << 27) - 2) | (((1L << 41) - 1) & -(1L << 33));

    private BatchCommand() {}

    /**
     * Whether a field number of the {@code oneof cmd} is a command, transactional ones included.
     *
     * @param fieldNumber above 0
     * @return false for a number that this version of the protocol does not know
     */
    public static boolean isCommand(final int fieldNumber) {
        return fieldNumber < Long.SIZE ? ((COMMANDS >>> fieldNumber) & 1) != 0 : fieldNumber == EMPTY;
    }

    /**
     * Name of a command, for messages to people.
     *
     * @param command any number
     * @return the field's name, or the number for commands not listed here
     */
    public static String name(final int command) {
        return switch (command) {
            case NONE -> "none";
            case GET -> "Get";
            case SCAN -> "Scan";
            case PREWRITE -> "Prewrite";
            case COMMIT -> "Commit";
            case BATCH_GET -> "BatchGet";
            case BATCH_ROLLBACK -> "BatchRollback";
            case SCAN_LOCK -> "ScanLock";
            case RESOLVE_LOCK -> "ResolveLock";
            case DELETE_RANGE -> "DeleteRange";
            case RAW_GET -> "RawGet";
            case RAW_BATCH_GET -> "RawBatchGet";
            case RAW_PUT -> "RawPut";
            case RAW_BATCH_PUT -> "RawBatchPut";
            case RAW_DELETE -> "RawDelete";
            case RAW_BATCH_DELETE -> "RawBatchDelete";
            case RAW_SCAN -> "RawScan";
            case RAW_DELETE_RANGE -> "RawDeleteRange";
            case RAW_BATCH_SCAN -> "RawBatchScan";
            case PESSIMISTIC_LOCK -> "PessimisticLock";
            case PESSIMISTIC_ROLLBACK -> "PessimisticRollback";
            case CHECK_TXN_STATUS -> "CheckTxnStatus";
            case TXN_HEART_BEAT -> "TxnHeartBeat";
            case CHECK_SECONDARY_LOCKS -> "CheckSecondaryLocks";
            case RAW_COPROCESSOR -> "RawCoprocessor";
            case FLUSH -> "Flush";
            case BUFFER_BATCH_GET -> "BufferBatchGet";
            case BROADCAST_TXN_STATUS -> "BroadcastTxnStatus";
            case EMPTY -> "Empty";
            default -> "command " + command;
        };
    }
}
