package main

import (
	"context"
	"encoding/json"
	"fmt"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/txnkv/transaction"
	"github.com/tikv/client-go/v2/txnkv/txnlock"
)

// txnMode is how a transaction locks and commits.
type txnMode struct {
	pessimistic, async, onePC bool
}

func (j *judge) begin(mode txnMode, options ...tikv.TxnOption) (*transaction.KVTxn, error) {
	txn, err := j.txn.Begin(options...)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	if !txn.IsPipelined() { // such a one has no other mode
		txn.SetPessimistic(mode.pessimistic)
	}
	txn.SetEnableAsyncCommit(mode.async)
	txn.SetEnable1PC(mode.onePC)
	return txn, nil
}

// commit writes the pairs (a nil value deletes) in one transaction and gives the mode it really committed in.
func (j *judge) commit(ctx context.Context, mode txnMode, pairs map[string][]byte) (string, error) {
	txn, err := j.begin(mode)
	if err != nil {
		return "", err
	}
	if err := fill(txn, pairs); err != nil {
		return "", err
	}
	var info struct {
		Mode string `json:"txn_commit_mode"`
	}
	var decode error
	txn.SetCommitCallback(func(text string, _ error) { decode = json.Unmarshal([]byte(text), &info) })
	if err := txn.Commit(ctx); err != nil {
		return "", fmt.Errorf("commit: %w", err)
	}
	if txn.CommitTS() <= txn.StartTS() {
		return "", wrong("commit timestamp %d is not after start %d", txn.CommitTS(), txn.StartTS())
	}
	return info.Mode, decode
}

func fill(txn *transaction.KVTxn, pairs map[string][]byte) error {
	for k, v := range pairs {
		var err error
		if v == nil {
			err = txn.Delete([]byte(k))
		} else {
			err = txn.Set([]byte(k), v)
		}
		if err != nil {
			return fmt.Errorf("buffer %q: %w", k, err)
		}
	}
	return nil
}

// expectNow compares what a new transaction reads with the pairs; nil means absent.
func (j *judge) expectNow(ctx context.Context, pairs map[string][]byte) error {
	ts, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	return j.expectAt(ctx, ts, pairs)
}

func (j *judge) expectAt(ctx context.Context, ts uint64, pairs map[string][]byte) error {
	snapshot := j.txn.GetSnapshot(ts)
	for k, want := range pairs {
		entry, err := snapshot.Get(ctx, []byte(k))
		got := entry.Value
		if tikverr.IsErrNotFound(err) {
			err, got = nil, nil
		}
		if err := first(err, sameValue([]byte(k), got, want)); err != nil {
			return wrong("read at %d: %v", ts, err)
		}
	}
	return nil
}

// expectEach reads each key in a transaction of its own: within one, a lock's owner is asked about once and its other
// locks are skipped, not resolved.
func (j *judge) expectEach(ctx context.Context, pairs map[string][]byte) error {
	for k, v := range pairs {
		if err := j.expectNow(ctx, map[string][]byte{k: v}); err != nil {
			return err
		}
	}
	return nil
}

// locks lists the locks that stand in [start, end).
func (j *judge) locks(ctx context.Context, start, end string) ([]*txnlock.Lock, error) {
	ts, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return nil, err
	}
	return tikv.StoreProbe{KVStore: j.txn.KVStore}.ScanLocks(ctx, []byte(start), []byte(end), ts)
}

func (j *judge) awaitNoLocks(ctx context.Context, start, end string) error {
	return eventually(ctx, fmt.Sprintf("no lock stands in [%q, %q)", start, end), func() (bool, error) {
		found, err := j.locks(ctx, start, end)
		if err == nil && len(found) > 0 {
			err = wrong("%d locks stand, the first is %v", len(found), found[0])
		}
		return err == nil, err
	})
}

// spread gives n pairs over the regions that txn-split-scatter made.
func spread(tag string, n int) map[string][]byte {
	pairs := map[string][]byte{}
	for i := range n {
		pairs[fmt.Sprintf("t%c-%s-%05d", "bekx"[i%4], tag, i)] = fmt.Appendf(nil, "%s %d", tag, i)
	}
	return pairs
}

// allAbsent gives the same keys, to be expected gone.
func allAbsent(pairs map[string][]byte) map[string][]byte {
	gone := map[string][]byte{}
	for k := range pairs {
		gone[k] = nil
	}
	return gone
}
