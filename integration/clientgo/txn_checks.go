package main

var (
	writeRPCs       = []string{"Tikv/KvGet", "Tikv/KvPrewrite", "Tikv/KvCommit"}
	resolveRPCs     = with(writeRPCs, "Tikv/KvCheckTxnStatus", "Tikv/KvResolveLock", "Tikv/KvScanLock")
	pessimisticRPCs = with(writeRPCs, "Tikv/KvPessimisticLock", "Tikv/KVPessimisticRollback", "Tikv/KvTxnHeartBeat")
)

// txnChecks in the order they run. Each uses key prefixes of its own, all beginning with "t".
var txnChecks = []check{
	{"txn-timestamps", nil, txnTimestamps},
	{"txn-split-scatter", []string{"Tikv/SplitRegion"}, txnSplitScatter},
	{"txn-2pc", writeRPCs, txn2PC},
	{"txn-async-commit", writeRPCs, txnAsyncCommit},
	{"txn-1pc", writeRPCs, txn1PC},
	{"txn-large", writeRPCs, txnLarge},
	{"txn-rollback", with(writeRPCs, "Tikv/KvScanLock"), txnRollback},
	{"txn-conflict", writeRPCs, txnConflict},
	{"txn-insert", writeRPCs, txnInsert},
	{"txn-batch-get", with(writeRPCs, "Tikv/KvBatchGet"), txnBatchGet},
	{"txn-scan", with(writeRPCs, "Tikv/KvScan"), txnScan},
	{"txn-old-snapshot", with(writeRPCs, "Tikv/KvScan", "Tikv/KvBatchGet"), txnOldSnapshot},
	{"txn-pessimistic-conflict", pessimisticRPCs, pessimisticConflict},
	{"txn-pessimistic-no-wait", pessimisticRPCs, pessimisticNoWait},
	{"txn-pessimistic-wait", pessimisticRPCs, pessimisticWait},
	{"txn-pessimistic-values", pessimisticRPCs, pessimisticValues},
	{"txn-deadlock", pessimisticRPCs, txnDeadlock},
	{"txn-heartbeat", with(resolveRPCs, "Tikv/KvTxnHeartBeat"), txnHeartbeat},
	{"txn-abandoned-prewrite", resolveRPCs, abandonedPrewrite},
	{"txn-abandoned-after-primary", resolveRPCs, abandonedAfterPrimary},
	{"txn-abandoned-async-commit", with(resolveRPCs, "Tikv/KvCheckSecondaryLocks"), abandonedAsyncCommit},
	{"txn-abandoned-pessimistic", with(resolveRPCs, "Tikv/KvPessimisticLock"), abandonedPessimistic},
	{"txn-pipelined", with(resolveRPCs, "Tikv/KvFlush", "Tikv/KvBufferBatchGet"), txnPipelined},
	{"txn-delete-range", with(writeRPCs, "Tikv/KvDeleteRange", "Tikv/KvScan"), txnDeleteRange},
	{"txn-keyspaces", with(writeRPCs, "Keyspace/LoadKeyspace"), txnKeyspaces},
	{"txn-bank-under-churn", with(pessimisticRPCs, "Tikv/KvScan", "Tikv/KvResolveLock", "PD/SplitRegions"), bankUnderChurn},
	{"txn-gc", with(resolveRPCs, "PD/AdvanceTxnSafePoint"), txnGC},
}

func with(rpcs []string, more ...string) []string {
	return append(append([]string{}, rpcs...), more...)
}
