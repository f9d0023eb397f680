package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/kv"
)

// txnTimestamps wants timestamps that only grow for each asker and never come twice.
func txnTimestamps(ctx context.Context, j *judge) error {
	const askers, each = 8, 200
	var mu sync.Mutex
	var all []uint64
	err := inParallel(askers, func(int) error {
		last := uint64(0)
		for range each {
			ts, err := j.txn.GetTimestamp(ctx)
			if err != nil {
				return err
			}
			if ts <= last {
				return wrong("timestamp %d after %d", ts, last)
			}
			last = ts
			mu.Lock()
			all = append(all, ts)
			mu.Unlock()
		}
		return nil
	})
	slices.Sort(all)
	if n := len(slices.Compact(all)); err == nil && n != askers*each {
		return wrong("%d different timestamps of %d", n, askers*each)
	}
	return err
}

// txnSplitScatter makes the regions that the other checks work across, through the store's own SplitRegion.
func txnSplitScatter(ctx context.Context, j *judge) error {
	borders := [][]byte{[]byte("t")}
	for c := byte('a'); c <= 'z'; c += 3 {
		borders = append(borders, []byte{'t', c})
	}
	ids, err := j.txn.SplitRegions(ctx, append(borders, []byte("u")), true, nil)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return wrong("no region came of %d split keys", len(borders)+1)
	}
	for _, id := range ids {
		if err := j.txn.WaitScatterRegionFinish(ctx, id, 0); err != nil {
			return fmt.Errorf("region %d still scatters: %w", id, err)
		}
	}
	for _, b := range borders {
		if err := eventually(ctx, fmt.Sprintf("PD shows a border at %q", b), func() (bool, error) {
			r, err := j.pd.GetRegion(ctx, b)
			return err == nil && r != nil && bytes.Equal(r.Meta.StartKey, b), err
		}); err != nil {
			return err
		}
	}
	regions, err := j.pd.ScanRegions(ctx, []byte("t"), []byte("u"), 1024)
	return first(err, adjacent(regions))
}

func txn2PC(ctx context.Context, j *judge) error {
	return j.commitAs(ctx, "2pc", txnMode{}, spread("2pc", 40), "2pc")
}

func txnAsyncCommit(ctx context.Context, j *judge) error {
	return j.commitAs(ctx, "async", txnMode{async: true}, spread("async", 40), "async_commit")
}

// txn1PC fits one region.
func txn1PC(ctx context.Context, j *judge) error {
	return j.commitAs(ctx, "1pc", txnMode{async: true, onePC: true}, map[string][]byte{"tb-1pc-1": []byte("a"), "tb-1pc-2": []byte("b")}, "1pc")
}

// commitAs writes, overwrites and deletes in one mode and wants that mode to have been used.
func (j *judge) commitAs(ctx context.Context, tag string, mode txnMode, pairs map[string][]byte, want string) error {
	later := map[string][]byte{}
	for k := range pairs {
		later[k] = []byte("later " + tag)
	}
	for _, step := range []map[string][]byte{pairs, later, allAbsent(pairs)} {
		used, err := j.commit(ctx, mode, step)
		if err != nil {
			return err
		}
		if used != want {
			return wrong("committed as %s, not as %s", used, want)
		}
		if err := j.expectNow(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// txnLarge needs many prewrite batches in several regions.
func txnLarge(ctx context.Context, j *judge) error {
	pairs := spread("large", 3000)
	for k := range pairs {
		pairs[k] = bytes.Repeat([]byte(k), 8)
	}
	for _, step := range []map[string][]byte{pairs, allAbsent(pairs)} {
		if _, err := j.commit(ctx, txnMode{}, step); err != nil {
			return err
		}
		if err := j.expectBatchNow(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func (j *judge) expectBatchNow(ctx context.Context, pairs map[string][]byte) error {
	ts, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	var keys [][]byte
	for k := range pairs {
		keys = append(keys, []byte(k))
	}
	got, err := j.txn.GetSnapshot(ts).BatchGet(ctx, keys)
	if err != nil {
		return err
	}
	for k, want := range pairs {
		var value []byte
		if entry, found := got[k]; found {
			value = entry.Value
		}
		if err := sameValue([]byte(k), value, want); err != nil {
			return err
		}
	}
	return nil
}

func txnRollback(ctx context.Context, j *judge) error {
	pairs := spread("back", 20)
	txn, err := j.begin(txnMode{})
	if err != nil {
		return err
	}
	if err := first(fill(txn, pairs), txn.Rollback(), j.expectNow(ctx, allAbsent(pairs))); err != nil {
		return err
	}
	if err := txn.Commit(ctx); err == nil {
		return wrong("a rolled back transaction committed")
	}
	return j.awaitNoLocks(ctx, "t", "u")
}

// txnConflict lets two transactions write one key; the later commit has to lose and to leave nothing.
func txnConflict(ctx context.Context, j *judge) error {
	loser, err := j.begin(txnMode{})
	if err != nil {
		return err
	}
	if err := fill(loser, map[string][]byte{"tb-conflict": []byte("loser"), "tx-conflict": []byte("loser")}); err != nil {
		return err
	}
	if _, err := j.commit(ctx, txnMode{}, map[string][]byte{"tx-conflict": []byte("winner")}); err != nil {
		return err
	}
	if err := loser.Commit(ctx); !tikverr.IsErrWriteConflict(err) {
		return wrong("the second writer of a key got %v instead of a write conflict", err)
	}
	return first(
		j.expectNow(ctx, map[string][]byte{"tb-conflict": nil, "tx-conflict": []byte("winner")}),
		j.awaitNoLocks(ctx, "t", "u"),
	)
}

// txnInsert writes keys that must not exist yet.
func txnInsert(ctx context.Context, j *judge) error {
	for i, exists := range []bool{false, true} {
		txn, err := j.begin(txnMode{})
		if err != nil {
			return err
		}
		buffer := txn.GetMemBuffer()
		if err := buffer.SetWithFlags([]byte("te-insert"), fmt.Appendf(nil, "try %d", i), kv.SetPresumeKeyNotExists); err != nil {
			return err
		}
		if err := txn.Commit(ctx); exists != tikverr.IsErrKeyExist(err) || !exists && err != nil {
			return wrong("insert %d: %v", i, err)
		}
	}
	return j.expectNow(ctx, map[string][]byte{"te-insert": []byte("try 0")})
}
