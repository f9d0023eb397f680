package main

import (
	"context"
	"strings"
	"time"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/kv"
	"github.com/tikv/client-go/v2/oracle"
	"github.com/tikv/client-go/v2/txnkv"
	"github.com/tikv/client-go/v2/txnkv/transaction"
	"github.com/tikv/pd/client/opt"
)

// transactional tells the workloads that run in transactions.
func (o options) transactional() bool { return strings.HasPrefix(o.workload, "txn-") }

// openTransactions is as openRaw for transactions.
func openTransactions(o options) (*txnkv.Client, error) {
	client, err := txnkv.NewClient(strings.Split(o.pd, ","))
	if err != nil {
		return nil, err
	}
	if err := client.GetPDClient().UpdateOption(opt.EnableRouterClient, o.router); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}

func (w *work) loadTransactions() error {
	for from := 0; from < len(w.keys); from += loadBatch {
		err := w.transaction(func(*transaction.KVTxn) {}, func(txn *transaction.KVTxn) error {
			for _, key := range w.keys[from:min(from+loadBatch, len(w.keys))] {
				if err := txn.Set(key, w.value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// transaction runs and commits; one that loses against another begins anew and is still one operation.
func (w *work) transaction(set func(*transaction.KVTxn), body func(*transaction.KVTxn) error) error {
	for {
		txn, err := w.transactions.Begin()
		if err != nil {
			return err
		}
		set(txn)
		if err = body(txn); err == nil {
			err = txn.Commit(context.Background())
		} else {
			_ = txn.Rollback()
		}
		if err == nil || !tikverr.IsErrWriteConflict(err) {
			return err
		}
	}
}

// operateInTransaction makes one operation of a transactional workload.
func (c *chooser) operateInTransaction(ctx context.Context) error {
	w := c.w
	key := c.key()
	switch w.o.workload {
	case "txn-get":
		ts, err := w.transactions.CurrentTimestamp(oracle.GlobalTxnScope)
		if err != nil {
			return err
		}
		_, err = w.transactions.GetSnapshot(ts).Get(ctx, key) // what is not there is an error
		return err
	case "txn-1pc":
		return w.transaction(func(txn *transaction.KVTxn) { txn.SetEnable1PC(true) }, func(txn *transaction.KVTxn) error {
			return txn.Set(key, w.value)
		})
	case "txn-pessimistic":
		return w.transaction(func(txn *transaction.KVTxn) { txn.SetPessimistic(true) }, func(txn *transaction.KVTxn) error {
			lock := kv.NewLockCtx(txn.StartTS(), kv.LockAlwaysWait, time.Now())
			lock.InitReturnValues(1)
			if err := txn.LockKeys(ctx, lock, key); err != nil {
				return err
			}
			return txn.Set(key, w.value)
		})
	default: // txn-rw
		other := c.key()
		return w.transaction(func(*transaction.KVTxn) {}, func(txn *transaction.KVTxn) error {
			if _, err := txn.Get(ctx, key); err != nil {
				return err
			}
			if err := txn.Set(key, w.value); err != nil {
				return err
			}
			return txn.Set(other, w.value)
		})
	}
}
