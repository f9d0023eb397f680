package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/txnkv"
)

// txnPipelined flushes while it writes, reads its own flushed writes, and leaves nothing when rolled back.
//
// client-go itself cannot do this on API V2: its codec leaves KvFlush and KvBufferBatchGet alone, so their keys go out
// without the keyspace's prefix.
func txnPipelined(ctx context.Context, j *judge) error {
	if j.api == "v2" {
		return notServed{"client-go sends flushed keys without their API V2 prefix"}
	}
	for _, commit := range []bool{false, true} {
		txn, err := j.begin(txnMode{}, tikv.WithDefaultPipelinedTxn())
		if err != nil {
			return err
		}
		pairs := spread("pipe", 2000)
		if err := fill(txn, pairs); err != nil {
			return err
		}
		if flushed, err := txn.GetMemBuffer().Flush(true); err != nil || !flushed {
			return wrong("flush: %v, %v", flushed, err)
		}
		if err := txn.GetMemBuffer().FlushWait(); err != nil {
			return err
		}
		for k, v := range spread("pipe", 8) {
			if got, err := txn.Get(ctx, []byte(k)); err != nil || !bytes.Equal(got.Value, v) {
				return wrong("own flushed key %q reads %s, %v", k, show(got.Value), err)
			}
		}
		after, end := pairs, txn.Commit
		if !commit {
			after, end = allAbsent(pairs), func(context.Context) error { return txn.Rollback() }
		}
		if err := first(end(ctx), j.expectBatchNow(ctx, after), j.awaitNoLocks(ctx, "t", "u")); err != nil {
			return wrong("commit=%v: %v", commit, err)
		}
	}
	return nil
}

func txnDeleteRange(ctx context.Context, j *judge) error {
	m, err := j.txnField(ctx, "range")
	if err != nil {
		return err
	}
	lower, upper := []byte("tb-range-00100"), []byte("tk-range-00050")
	if _, err := j.txn.DeleteRange(ctx, lower, upper, 2); err != nil {
		return err
	}
	for _, k := range m.between(lower, upper) {
		m.remove(k)
	}
	txn, err := j.begin(txnMode{})
	if err != nil {
		return err
	}
	keys, values, err := forward(txn, []byte("t"), []byte("u"))
	keys, values = onlyPairs(keys, values, "-range-")
	return first(err, m.expect(keys, values, m.keys(), len(keys)+1), txn.Rollback())
}

// txnKeyspaces writes one key in two keyspaces.
func txnKeyspaces(ctx context.Context, j *judge) error {
	switch {
	case j.api != "v2":
		return notServed{"API " + strings.ToUpper(j.api) + " has no keyspaces"}
	case len(j.keyspaces) == 0:
		return notServed{"no keyspaces were named for this cluster"}
	}
	var sides []*judge
	for _, name := range j.keyspaces {
		client, err := openTxn(j.settings, name)
		if err != nil {
			return err
		}
		defer func(c *txnkv.Client) { _ = c.Close() }(client)
		side := &judge{settings: j.settings, txn: client}
		if _, err := side.commit(ctx, txnMode{}, map[string][]byte{"tb-ks": []byte("of " + name)}); err != nil {
			return err
		}
		sides = append(sides, side)
	}
	for i, side := range sides {
		if err := side.expectNow(ctx, map[string][]byte{"tb-ks": []byte("of " + j.keyspaces[i])}); err != nil {
			return wrong("keyspace %s: %v", j.keyspaces[i], err)
		}
	}
	return j.expectNow(ctx, map[string][]byte{"tb-ks": nil})
}

// txnGC moves the safe point over old versions: a leftover lock below it is resolved, what is read now stays, and a
// snapshot from before is refused.
func txnGC(ctx context.Context, j *judge) error {
	pairs := spread("gc", 20)
	old, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	for _, round := range []string{"older", "newer"} {
		for k := range pairs {
			pairs[k] = []byte(round)
		}
		if _, err := j.commit(ctx, txnMode{}, pairs); err != nil {
			return err
		}
	}
	if _, err := j.abandon(ctx, map[string][]byte{"tb-gc-left": []byte("left")}, false); err != nil {
		return err
	}
	safePoint, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	reached, err := j.txn.GC(ctx, safePoint)
	if err != nil {
		return fmt.Errorf("GC: %w", err)
	}
	if reached != safePoint {
		return wrong("the safe point is %d, not %d", reached, safePoint)
	}
	if err := first(j.expectLocks(ctx, 0), j.expectNow(ctx, pairs), j.expectNow(ctx, map[string][]byte{"tb-gc-left": nil})); err != nil {
		return err
	}
	fresh, err := openTxn(j.settings, "") // its idea of the safe point is new
	if err != nil {
		return err
	}
	defer func() { _ = fresh.Close() }()
	var tooEarly *tikverr.ErrGCTooEarly
	return eventually(ctx, "a snapshot before the safe point is refused", func() (bool, error) {
		_, err := fresh.GetSnapshot(old).Get(ctx, []byte("tb-gc-left"))
		return errors.As(err, &tooEarly) || err != nil && strings.Contains(err.Error(), "safe point"), err
	})
}
