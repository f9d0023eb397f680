package main

// rawChecks in the order they run. Each uses key prefixes of its own, all beginning with "r".
var rawChecks = []check{
	{"raw-point", []string{"Tikv/RawGet", "Tikv/RawPut", "Tikv/RawDelete"}, rawPoint},
	{"raw-sizes", []string{"Tikv/RawGet", "Tikv/RawPut"}, rawSizes},
	{"raw-split", []string{"PD/SplitRegions"}, rawSplit},
	{"raw-batch", []string{"Tikv/RawBatchPut", "Tikv/RawBatchGet", "Tikv/RawBatchDelete"}, rawBatch},
	{"raw-scan-forward", []string{"Tikv/RawScan", "Tikv/RawBatchPut"}, rawScanForward},
	{"raw-scan-backward", []string{"Tikv/RawScan", "Tikv/RawBatchPut"}, rawScanBackward},
	{"raw-delete-range", []string{"Tikv/RawDeleteRange", "Tikv/RawScan", "Tikv/RawBatchPut"}, rawDeleteRange},
	{"raw-checksum", []string{"Tikv/RawChecksum", "Tikv/RawBatchPut"}, rawChecksum},
	{"raw-ttl", []string{"Tikv/RawPut", "Tikv/RawGetKeyTTL"}, rawTTL},
	{"raw-cas", []string{"Tikv/RawCompareAndSwap"}, rawCAS},
	{"raw-column-families", []string{"Tikv/RawPut", "Tikv/RawGet", "Tikv/RawScan"}, rawColumnFamilies},
	{"raw-keyspaces", []string{"Keyspace/LoadKeyspace"}, rawKeyspaces},
	{"raw-health", nil, rawHealth},
	{"raw-buckets", []string{"Tikv/RawGet", "PD/SplitRegions"}, rawBuckets},
	{"raw-stale-routes", []string{"Tikv/RawBatchPut", "Tikv/RawBatchGet", "PD/SplitRegions"}, rawStaleRoutes},
	{"raw-leader-moves", []string{"PD/ScatterRegion", "Tikv/RawGet", "Tikv/RawPut"}, rawLeaderMoves},
	{"raw-model-under-churn", []string{"Tikv/RawScan", "Tikv/RawBatchGet", "PD/SplitRegions"}, rawModelUnderChurn},
	{"raw-counter-under-churn", []string{"Tikv/RawCompareAndSwap", "PD/SplitRegions"}, rawCounterUnderChurn},
}
