package main

import (
	"context"
	"errors"
	"time"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/kv"
	"github.com/tikv/client-go/v2/txnkv/transaction"
)

var pessimistic = txnMode{pessimistic: true}

// lockNow takes pessimistic locks with a fresh for-update timestamp.
func (j *judge) lockNow(ctx context.Context, txn *transaction.KVTxn, wait int64, keys ...string) error {
	ts, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	return lock(ctx, txn, kv.NewLockCtx(ts, wait, time.Now()), keys...)
}

func lock(ctx context.Context, txn *transaction.KVTxn, how *kv.LockCtx, keys ...string) error {
	var bytes [][]byte
	for _, k := range keys {
		bytes = append(bytes, []byte(k))
	}
	return txn.LockKeys(ctx, how, bytes...)
}

// pessimisticConflict locks with a for-update timestamp older than the key's last commit, then with a newer one.
func pessimisticConflict(ctx context.Context, j *judge) error {
	txn, err := j.begin(pessimistic)
	if err != nil {
		return err
	}
	if _, err := j.commit(ctx, txnMode{}, map[string][]byte{"tb-pc": []byte("newer")}); err != nil {
		return err
	}
	old := kv.NewLockCtx(txn.StartTS(), kv.LockAlwaysWait, time.Now())
	if err := lock(ctx, txn, old, "tb-pc"); !tikverr.IsErrWriteConflict(err) {
		return wrong("a lock older than the last commit got %v instead of a write conflict", err)
	}
	return first(
		j.lockNow(ctx, txn, kv.LockAlwaysWait, "tb-pc"), txn.Set([]byte("tb-pc"), []byte("newest")), txn.Commit(ctx),
		j.expectNow(ctx, map[string][]byte{"tb-pc": []byte("newest")}),
	)
}

// pessimisticNoWait meets a lock without and with a bounded wait, and reads past it meanwhile.
func pessimisticNoWait(ctx context.Context, j *judge) error {
	if _, err := j.commit(ctx, txnMode{}, map[string][]byte{"tb-nw": []byte("before")}); err != nil {
		return err
	}
	holder, err := j.begin(pessimistic)
	if err != nil {
		return err
	}
	other, err := j.begin(pessimistic)
	if err != nil {
		return err
	}
	if err := j.lockNow(ctx, holder, kv.LockNoWait, "tb-nw", "tx-nw"); err != nil {
		return err
	}
	if err := j.expectNow(ctx, map[string][]byte{"tb-nw": []byte("before")}); err != nil {
		return wrong("a pessimistic lock stood in a reader's way: %v", err)
	}
	if err := j.lockNow(ctx, other, kv.LockNoWait, "tb-nw"); !errors.Is(err, tikverr.ErrLockAcquireFailAndNoWaitSet) {
		return wrong("no-wait on a locked key got %v", err)
	}
	if err := j.lockNow(ctx, other, 300, "tx-nw"); !errors.Is(err, tikverr.ErrLockWaitTimeout) {
		return wrong("waiting 300 ms for a locked key got %v", err)
	}
	if err := holder.Rollback(); err != nil {
		return err
	}
	if err := j.lockNow(ctx, other, 5000, "tb-nw", "tx-nw"); err != nil {
		return wrong("the locks of a rolled back transaction still stand: %v", err)
	}
	return first(other.Rollback(), j.awaitNoLocks(ctx, "t", "u"))
}

// pessimisticWait lets two transactions add to one number, the second while the first holds the lock.
func pessimisticWait(ctx context.Context, j *judge) error {
	const key = "tk-pw"
	holder, err := j.begin(pessimistic)
	if err != nil {
		return err
	}
	if err := first(j.lockNow(ctx, holder, kv.LockNoWait, key), holder.Set([]byte(key), []byte("first"))); err != nil {
		return err
	}
	waiter, err := j.begin(pessimistic)
	if err != nil {
		return err
	}
	waited := make(chan error, 1)
	go func() { waited <- j.lockUntilGot(ctx, waiter, key) }()
	select {
	case err := <-waited:
		return wrong("the second lock came while the first stood: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	if err := first(holder.Commit(ctx), <-waited); err != nil {
		return err
	}
	return first(
		waiter.Set([]byte(key), []byte("second")), waiter.Commit(ctx),
		j.expectNow(ctx, map[string][]byte{key: []byte("second")}),
	)
}

// lockUntilGot takes newer for-update timestamps as long as the key was written meanwhile, as TiDB does.
func (j *judge) lockUntilGot(ctx context.Context, txn *transaction.KVTxn, key string) error {
	for {
		err := j.lockNow(ctx, txn, kv.LockAlwaysWait, key)
		if err == nil || !tikverr.IsErrWriteConflict(err) {
			return err
		}
	}
}

// pessimisticValues asks the lock request itself for the values.
func pessimisticValues(ctx context.Context, j *judge) error {
	if _, err := j.commit(ctx, txnMode{}, map[string][]byte{"tb-pv": []byte("there")}); err != nil {
		return err
	}
	txn, err := j.begin(pessimistic)
	if err != nil {
		return err
	}
	ts, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	how := kv.NewLockCtx(ts, kv.LockAlwaysWait, time.Now())
	how.InitReturnValues(2)
	if err := lock(ctx, txn, how, "tb-pv", "tb-pv-absent"); err != nil {
		return err
	}
	if got := how.Values["tb-pv"]; string(got.Value) != "there" {
		return wrong("the lock gave %s", show(got.Value))
	}
	if got := how.Values["tb-pv-absent"]; len(got.Value) > 0 {
		return wrong("the lock gave the absent key %s", show(got.Value))
	}
	return txn.Rollback()
}

// txnDeadlock closes a circle of two; exactly one has to be told, and the other to go on.
func txnDeadlock(ctx context.Context, j *judge) error {
	var txns [2]*transaction.KVTxn
	keys := [2]string{"tb-dead", "tx-dead"}
	for i := range txns {
		var err error
		if txns[i], err = j.begin(pessimistic); err != nil {
			return err
		}
		if err := j.lockNow(ctx, txns[i], kv.LockNoWait, keys[i]); err != nil {
			return err
		}
	}
	victims := make(chan int, 2)
	err := inParallel(2, func(i int) error {
		err := j.lockNow(ctx, txns[i], kv.LockAlwaysWait, keys[1-i])
		var deadlock *tikverr.ErrDeadlock
		if errors.As(err, &deadlock) {
			victims <- i
			return txns[i].Rollback() // lets the other one go on
		}
		if tikverr.IsErrWriteConflict(err) { // woken up, and asked to try again
			return j.lockUntilGot(ctx, txns[i], keys[1-i])
		}
		return err
	})
	if err != nil {
		return err
	}
	if n := len(victims); n != 1 {
		return wrong("%d of 2 transactions were told of the deadlock", n)
	}
	survivor := txns[1-<-victims]
	return first(survivor.Set([]byte(keys[0]), []byte("survived")), survivor.Commit(ctx),
		j.expectNow(ctx, map[string][]byte{keys[0]: []byte("survived")}), j.awaitNoLocks(ctx, "t", "u"))
}
