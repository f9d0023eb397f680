package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pingcap/badger"
	"github.com/pingcap/badger/options"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/config"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/lockstore"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/pd"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv/mvcc"
)

const lockArenaBytes = 8 << 20

// startEngine builds TiDB's transactional engine over the store's regions. Data live in memory-mapped files below
// dir and are never synced: they are worth nothing after this process.
func startEngine(ctx context.Context, s *store, client pd.Client, dir string) (*tikv.Server, error) {
	conf := config.DefaultConf
	conf.Server.Raft = false
	conf.Server.StoreAddr = s.meta.Address
	conf.Engine.DBPath = dir
	conf.Engine.VolatileMode = true
	conf.Engine.ValueThreshold = 0
	conf.Engine.NumCompactors = 1
	conf.Engine.CompactL0WhenClose = false

	physical, logical, err := client.GetTS(ctx)
	if err != nil {
		return nil, fmt.Errorf("first timestamp: %w", err)
	}
	safePoint := &tikv.SafePoint{}
	db, err := openBadger(&conf.Engine, safePoint)
	if err != nil {
		return nil, fmt.Errorf("open badger in %s: %w", dir, err)
	}
	bundle := &mvcc.DBBundle{
		DB: db, LockStore: lockstore.NewMemStore(lockArenaBytes), StateTS: uint64(physical)<<18 | uint64(logical),
	}
	versions := tikv.NewMVCCStore(&conf, bundle, dir, safePoint, tikv.NewDBWriter(bundle), client)
	versions.DeadlockDetectSvr.ChangeRole(tikv.Leader)
	versions.StartDeadlockDetection(false)
	return tikv.NewServer(s, client, versions, tikv.NewStandAlongInnerServer(bundle)), nil
}

func openBadger(engine *config.Engine, safePoint *tikv.SafePoint) (*badger.DB, error) {
	dir := filepath.Join(engine.DBPath, "kv")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	opts := badger.DefaultOptions
	opts.Dir, opts.ValueDir = dir, dir
	opts.ManagedTxns = true // versions are TiKV timestamps
	opts.VolatileMode = engine.VolatileMode
	opts.ValueThreshold = engine.ValueThreshold
	opts.ValueLogFileSize = engine.VlogFileSize
	opts.MaxMemTableSize = engine.MaxMemTableSize
	opts.NumMemtables = engine.NumMemTables
	opts.NumCompactors = engine.NumCompactors
	opts.NumLevelZeroTables = engine.NumL0Tables
	opts.NumLevelZeroTablesStall = engine.NumL0TablesStall
	opts.LevelOneSize = engine.L1Size
	opts.CompactL0WhenClose = engine.CompactL0WhenClose
	opts.CompactionFilterFactory = safePoint.CreateCompactionFilter
	opts.TableBuilderOptions.MaxTableSize = engine.MaxTableSize
	opts.TableBuilderOptions.SuRFStartLevel = engine.SurfStartLevel
	// Compression would need C libraries; these tables never grow old.
	opts.TableBuilderOptions.CompressionPerLevel = make([]options.CompressionType, len(opts.TableBuilderOptions.CompressionPerLevel))
	return badger.Open(opts)
}
