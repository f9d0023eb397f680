package main

import (
	"bytes"
	"context"
	"slices"

	"github.com/tikv/client-go/v2/txnkv/transaction"
)

func txnBatchGet(ctx context.Context, j *judge) error {
	pairs := spread("batch", 600)
	if _, err := j.commit(ctx, txnMode{}, pairs); err != nil {
		return err
	}
	asked := map[string][]byte{"ta-absent": nil, "tx-batch-absent": nil}
	for k, v := range pairs {
		asked[k] = v
	}
	return j.expectBatchNow(ctx, asked)
}

// txnField commits a model over several regions, in two transactions with some deletes.
func (j *judge) txnField(ctx context.Context, tag string) (*model, error) {
	m := newModel()
	doomed := map[string][]byte{}
	for k, v := range spread(tag, 200) {
		m.put([]byte(k), v)
		if len(doomed) < 20 {
			doomed[k] = nil
		}
	}
	m.put([]byte("te-"+tag+"-00001\x00"), []byte("right behind another"))
	if _, err := j.commit(ctx, txnMode{}, m.pairs); err != nil {
		return nil, err
	}
	if _, err := j.commit(ctx, txnMode{}, doomed); err != nil {
		return nil, err
	}
	for k := range doomed {
		m.remove([]byte(k))
	}
	return m, nil
}

// scanBounds are nil, keys, places between keys and region borders.
var scanBounds = []string{"t", "tb-scan-00000", "tb-scan-00004\x00", "td", "te-scan-00001", "te-scan-00001\x00", "tg", "tk-scan-00102", "tx-scan-99999", "u"}

func txnScan(ctx context.Context, j *judge) error {
	whole, err := j.txnField(ctx, "scan")
	if err != nil {
		return err
	}
	txn, err := j.begin(txnMode{})
	if err != nil {
		return err
	}
	// What the transaction itself wrote and deleted has to show in its scans.
	kept, gone := []byte("te-scan-own"), whole.keys()[7]
	if err := first(txn.Set(kept, []byte("own")), txn.Delete(gone)); err != nil {
		return err
	}
	whole.put(kept, []byte("own"))
	whole.remove(gone)
	txn.GetSnapshot().SetScanBatchSize(17)
	for _, lower := range scanBounds {
		for _, upper := range scanBounds {
			if err := scanBothWays(txn, whole, []byte(lower), []byte(upper)); err != nil {
				return err
			}
		}
	}
	return txn.Rollback()
}

func scanBothWays(txn *transaction.KVTxn, m *model, lower, upper []byte) error {
	want := only(m.between(lower, upper), "-scan-")
	keys, values, err := forward(txn, lower, upper)
	keys, values = onlyPairs(keys, values, "-scan-")
	if err := first(err, m.expect(keys, values, want, len(want))); err != nil {
		return wrong("scan [%q, %q): %v", lower, upper, err)
	}
	slices.Reverse(want)
	keys, values, err = backward(txn, upper, lower)
	keys, values = onlyPairs(keys, values, "-scan-")
	if err := first(err, m.expect(keys, values, want, len(want))); err != nil {
		return wrong("reverse scan from %q to %q: %v", upper, lower, err)
	}
	return nil
}

type iterable interface {
	Valid() bool
	Key() []byte
	Value() []byte
	Next() error
	Close()
}

func drain(it iterable, err error) (keys, values [][]byte, _ error) {
	if err != nil {
		return nil, nil, err
	}
	defer it.Close()
	for it.Valid() {
		keys = append(keys, bytes.Clone(it.Key()))
		values = append(values, bytes.Clone(it.Value()))
		if err := it.Next(); err != nil {
			return nil, nil, err
		}
	}
	return keys, values, nil
}

func forward(txn *transaction.KVTxn, lower, upper []byte) (keys, values [][]byte, err error) {
	it, err := txn.Iter(lower, upper)
	return drain(it, err)
}

func backward(txn *transaction.KVTxn, upper, lower []byte) (keys, values [][]byte, err error) {
	it, err := txn.IterReverse(upper, lower)
	return drain(it, err)
}

// only keeps the keys of one check: scans over all of "t" see those of the others too.
func only(keys [][]byte, tag string) [][]byte {
	return slices.DeleteFunc(slices.Clone(keys), func(k []byte) bool { return !bytes.Contains(k, []byte(tag)) })
}

func onlyPairs(keys, values [][]byte, tag string) (k, v [][]byte) {
	for i := range keys {
		if bytes.Contains(keys[i], []byte(tag)) {
			k, v = append(k, keys[i]), append(v, values[i])
		}
	}
	return k, v
}

// txnOldSnapshot reads the past after it was overwritten and deleted.
func txnOldSnapshot(ctx context.Context, j *judge) error {
	old, err := j.txnField(ctx, "past")
	if err != nil {
		return err
	}
	ts, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	change := map[string][]byte{"te-past-new": []byte("new")}
	for i, k := range old.keys() {
		change[string(k)] = []byte("changed")
		if i%3 == 0 {
			change[string(k)] = nil
		}
	}
	if _, err := j.commit(ctx, txnMode{}, change); err != nil {
		return err
	}
	then := map[string][]byte{"te-past-new": nil}
	for k, v := range old.pairs {
		then[k] = v
	}
	if err := first(j.expectAt(ctx, ts, then), j.expectNow(ctx, change)); err != nil {
		return err
	}
	it, err := j.txn.GetSnapshot(ts).Iter([]byte("t"), []byte("u"))
	keys, values, err := drain(it, err)
	keys, values = onlyPairs(keys, values, "-past-")
	return first(err, old.expect(keys, values, old.keys(), len(keys)+1))
}
