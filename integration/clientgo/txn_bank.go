package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"sync/atomic"
	"time"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/kv"
	"github.com/tikv/client-go/v2/txnkv/transaction"
)

const (
	accounts       = 24
	openingBalance = 1000
	bankWorkers    = 6
)

// bankModes are the ways the workers commit.
var bankModes = []txnMode{
	{}, {async: true}, {async: true, onePC: true}, {pessimistic: true}, {pessimistic: true, async: true, onePC: true},
}

func account(i int) string { return fmt.Sprintf("t%c-bank-%03d", "bekx"[i%4], i) }

// bankUnderChurn moves money between accounts in every commit mode while regions split and leaders move. Every
// snapshot taken meanwhile has to show the same sum.
func bankUnderChurn(ctx context.Context, j *judge) error {
	opening := map[string][]byte{}
	for i := range accounts {
		opening[account(i)] = number(openingBalance)
	}
	if _, err := j.commit(ctx, txnMode{}, opening); err != nil {
		return err
	}
	churn := j.startChurn(ctx, []byte("t"), []byte("u"), func(rnd *rand.Rand) []byte {
		return fmt.Appendf(nil, "%s-%d", account(rnd.Intn(accounts)), rnd.Intn(100))
	})
	until := time.Now().Add(j.churn)
	var moved, audits atomic.Int64
	err := inParallel(bankWorkers+1, func(worker int) error {
		rnd := rand.New(rand.NewSource(j.seed + int64(worker)))
		for time.Now().Before(until) {
			if worker == bankWorkers {
				if err := j.audit(ctx); err != nil {
					return err
				}
				audits.Add(1)
				continue
			}
			done, err := j.transfer(ctx, bankModes[rnd.Intn(len(bankModes))], rnd)
			if err != nil {
				return err
			}
			if done {
				moved.Add(1)
			}
		}
		return nil
	})
	if err := first(err, churn.finish(), j.audit(ctx)); err != nil {
		return err
	}
	fmt.Printf("            %d transfers, %d audits, %d splits, %d leader moves\n", moved.Load(), audits.Load(), churn.splits.Load(), churn.moves.Load())
	if moved.Load() == 0 || audits.Load() == 0 {
		return wrong("no transfer or no audit went through")
	}
	return nil
}

// transfer moves a random sum; false when it lost against another transfer.
func (j *judge) transfer(ctx context.Context, mode txnMode, rnd *rand.Rand) (bool, error) {
	from, to := account(rnd.Intn(accounts)), account(rnd.Intn(accounts))
	if from == to {
		return false, nil
	}
	txn, err := j.begin(mode)
	if err != nil {
		return false, err
	}
	err = j.move(ctx, txn, mode, from, to, uint64(rnd.Intn(50)))
	if err == nil {
		err = txn.Commit(ctx)
	} else if undo := txn.Rollback(); undo != nil {
		return false, undo
	}
	if lostRace(err) {
		return false, nil
	}
	return err == nil, err
}

func (j *judge) move(ctx context.Context, txn *transaction.KVTxn, mode txnMode, from, to string, sum uint64) error {
	if mode.pessimistic {
		how := kv.NewLockCtx(txn.StartTS(), 2000, time.Now())
		if err := lock(ctx, txn, how, from, to); err != nil {
			return err
		}
	}
	a, err := balance(ctx, txn, from)
	if err != nil {
		return err
	}
	b, err := balance(ctx, txn, to)
	if err != nil || a < sum {
		return err
	}
	return first(txn.Set([]byte(from), number(a-sum)), txn.Set([]byte(to), number(b+sum)))
}

func balance(ctx context.Context, txn *transaction.KVTxn, key string) (uint64, error) {
	v, err := txn.Get(ctx, []byte(key))
	if err != nil {
		return 0, fmt.Errorf("account %s: %w", key, err)
	}
	return binary.BigEndian.Uint64(v.Value), nil
}

// lostRace says whether the error is one that a transfer may meet while others run.
func lostRace(err error) bool {
	var deadlock *tikverr.ErrDeadlock
	var retryable *tikverr.ErrRetryable
	return tikverr.IsErrWriteConflict(err) || errors.As(err, &deadlock) || errors.As(err, &retryable) ||
		errors.Is(err, tikverr.ErrLockWaitTimeout)
}

// audit adds all accounts up in one snapshot.
func (j *judge) audit(ctx context.Context) error {
	ts, err := j.txn.GetTimestamp(ctx)
	if err != nil {
		return err
	}
	it, err := j.txn.GetSnapshot(ts).Iter([]byte("t"), []byte("u"))
	keys, values, err := drain(it, err)
	if err != nil {
		return err
	}
	keys, values = onlyPairs(keys, values, "-bank-")
	sum := uint64(0)
	for _, v := range values {
		sum += binary.BigEndian.Uint64(v)
	}
	if len(keys) != accounts || sum != accounts*openingBalance {
		return wrong("the snapshot at %d has %d accounts with %d in all, not %d with %d", ts, len(keys), sum, accounts, accounts*openingBalance)
	}
	return nil
}
