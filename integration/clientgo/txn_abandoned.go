package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/tikvrpc"
	"github.com/tikv/client-go/v2/txnkv/transaction"
)

const abandonedTTL = 400 // ms until a reader may think the owner dead

// abandon prewrites everything and then stops as a killed process would.
func (j *judge) abandon(ctx context.Context, pairs map[string][]byte, async bool) (transaction.CommitterProbe, error) {
	var none transaction.CommitterProbe
	txn, err := tikv.StoreProbe{KVStore: j.txn.KVStore}.Begin()
	if err != nil {
		return none, err
	}
	txn.SetPessimistic(false)
	if err := fill(txn.KVTxn, pairs); err != nil {
		return none, err
	}
	committer, err := txn.NewCommitter(1)
	if err != nil {
		return none, err
	}
	committer.SetLockTTL(abandonedTTL)
	if async {
		committer.SetUseAsyncCommit()
	}
	if err := committer.PrewriteAllMutations(ctx); err != nil {
		return none, fmt.Errorf("prewrite: %w", err)
	}
	committer.CloseTTLManager() // a dead process sends no heartbeats
	return committer, nil
}

// expectLocks wants to see exactly the locks of the pairs.
func (j *judge) expectLocks(ctx context.Context, want int) error {
	found, err := j.locks(ctx, "t", "u")
	if err == nil && len(found) != want {
		return wrong("%d locks stand, not %d", len(found), want)
	}
	return err
}

// abandonedPrewrite: nothing was committed. A reader pushes the locks' min-commit-ts and reads what was before; one that
// comes after the TTL has them rolled back as well.
func abandonedPrewrite(ctx context.Context, j *judge) error {
	before, lost := spread("ap", 12), map[string][]byte{}
	for k := range before {
		lost[k] = []byte("lost")
	}
	if _, err := j.commit(ctx, txnMode{}, before); err != nil {
		return err
	}
	if _, err := j.abandon(ctx, lost, false); err != nil {
		return err
	}
	if err := first(j.expectLocks(ctx, len(lost)), j.expectNow(ctx, before)); err != nil {
		return err
	}
	outliveLocks()
	return first(j.expectEach(ctx, before), j.awaitNoLocks(ctx, "t", "u"), j.expectNow(ctx, before))
}

// outliveLocks waits until abandoned locks may be resolved by anybody.
func outliveLocks() { time.Sleep(2 * abandonedTTL * time.Millisecond) }

// abandonedAfterPrimary: the primary is committed, so every secondary is, at the same timestamp.
func abandonedAfterPrimary(ctx context.Context, j *judge) error {
	pairs := spread("aa", 12)
	start, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	committer, err := j.abandon(ctx, pairs, false)
	if err != nil {
		return err
	}
	commitTS, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	committer.SetCommitTS(commitTS)
	if err := committer.CommitMutations(ctx); err != nil { // of the primary alone
		return err
	}
	return first(
		j.expectLocks(ctx, len(pairs)-1), j.expectNow(ctx, pairs), j.expectAt(ctx, commitTS, pairs),
		j.expectAt(ctx, start, allAbsent(pairs)), j.expectEach(ctx, pairs), j.awaitNoLocks(ctx, "t", "u"),
	)
}

// abandonedAsyncCommit: all locks are there, so the transaction counts as committed although nobody said so.
func abandonedAsyncCommit(ctx context.Context, j *judge) error {
	pairs := spread("ac", 12)
	committer, err := j.abandon(ctx, pairs, true)
	if err != nil {
		return err
	}
	if !committer.IsAsyncCommit() {
		return wrong("the prewrite fell back from async commit")
	}
	return first(j.expectLocks(ctx, len(pairs)), j.expectNow(ctx, pairs), j.expectEach(ctx, pairs), j.awaitNoLocks(ctx, "t", "u"))
}

// abandonedPessimistic: a lock without a prewrite goes away after its TTL when somebody wants the key.
func abandonedPessimistic(ctx context.Context, j *judge) error {
	const key = "te-al"
	ts, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	req := tikvrpc.NewRequest(tikvrpc.CmdPessimisticLock, &kvrpcpb.PessimisticLockRequest{
		Mutations:    []*kvrpcpb.Mutation{{Op: kvrpcpb.Op_PessimisticLock, Key: []byte(key)}},
		PrimaryLock:  []byte(key),
		StartVersion: ts, ForUpdateTs: ts, LockTtl: abandonedTTL, WaitTimeout: -1,
	})
	bo := tikv.NewBackofferWithVars(ctx, 5000, nil)
	at, err := j.txn.GetRegionCache().LocateKey(bo, []byte(key))
	if err != nil {
		return err
	}
	resp, err := j.txn.SendReq(bo, req, at.Region, 5*time.Second)
	if err != nil {
		return err
	}
	if r := resp.Resp.(*kvrpcpb.PessimisticLockResponse); r.RegionError != nil || len(r.Errors) > 0 {
		return wrong("lock: %v %v", r.RegionError, r.Errors)
	}
	if _, err := j.commit(ctx, txnMode{}, map[string][]byte{key: []byte("taken over")}); err != nil {
		return err
	}
	return first(j.expectNow(ctx, map[string][]byte{key: []byte("taken over")}), j.awaitNoLocks(ctx, "t", "u"))
}

// txnHeartbeat keeps a lock alive past its first TTL.
func txnHeartbeat(ctx context.Context, j *judge) error {
	const key = "te-hb"
	if _, err := j.commit(ctx, txnMode{}, map[string][]byte{key: []byte("before")}); err != nil {
		return err
	}
	committer, err := j.abandon(ctx, map[string][]byte{key: []byte("alive")}, false)
	if err != nil {
		return err
	}
	probe := tikv.StoreProbe{KVStore: j.txn.KVStore}
	const longer = 60_000
	for _, ask := range []uint64{longer, 10} { // a shorter TTL is not taken
		ttl, err := probe.SendTxnHeartbeat(ctx, []byte(key), committer.GetStartTS(), ask)
		if err != nil {
			return err
		}
		if ttl != longer {
			return wrong("a heartbeat of %d ms gave a TTL of %d ms, not %d", ask, ttl, longer)
		}
	}
	outliveLocks() // with the TTL that it began with, this one would be dead
	commitTS, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	committer.SetCommitTS(commitTS)
	return first(committer.CommitMutations(ctx), j.expectNow(ctx, map[string][]byte{key: []byte("alive")}))
}
