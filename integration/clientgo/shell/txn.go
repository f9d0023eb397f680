package main

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/kv"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/txnkv/transaction"
	"github.com/tikv/client-go/v2/txnkv/txnsnapshot"
)

// namedTxn is a transaction that statements refer to by its name.
type namedTxn struct {
	txn        *transaction.KVTxn
	mode       string         // that it committed in
	background sync.WaitGroup // client-go's own goroutines of this transaction
}

func (s *session) begin(st statement) (answer, error) {
	client, err := s.txnClient()
	if err != nil {
		return nil, err
	}
	name, pessimistic, err := txnHead(st)
	if err != nil {
		return nil, err
	}
	if t, open := s.txns[name]; open && t.txn.Valid() {
		return nil, invalid("transaction %s is still open", name)
	}
	options, err := beginOptions(st)
	if err != nil {
		return nil, err
	}
	txn, err := client.Begin(options...)
	if err != nil {
		return nil, err
	}
	t := &namedTxn{txn: txn}
	t.configure(st, pessimistic)
	s.txns[name] = t
	delete(s.snapshots, name)
	return answer{"ts": txn.StartTS()}, nil
}

func txnHead(st statement) (name string, pessimistic bool, err error) {
	name = string(st.args[0])
	if len(st.args) == 2 {
		switch string(st.args[1]) {
		case "optimistic":
		case "pessimistic":
			pessimistic = true
		default:
			err = invalid("a transaction is optimistic or pessimistic, not %s", st.args[1])
		}
	}
	return name, pessimistic, err
}

func beginOptions(st statement) ([]tikv.TxnOption, error) {
	var options []tikv.TxnOption
	if text, given := st.options["--start-ts"]; given {
		ts, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return nil, invalid("--start-ts needs a timestamp")
		}
		options = append(options, tikv.WithStartTS(ts))
	}
	if st.flags["--pipelined"] {
		options = append(options, tikv.WithDefaultPipelinedTxn())
	}
	return options, nil
}

// configure also has client-go tell of its background work, so that each answer can wait for it: what a transaction
// leaves behind must not depend on who is faster.
func (t *namedTxn) configure(st statement, pessimistic bool) {
	if !t.txn.IsPipelined() {
		t.txn.SetPessimistic(pessimistic)
	}
	t.txn.SetEnableAsyncCommit(st.flags["--async-commit"])
	t.txn.SetEnable1PC(st.flags["--1pc"])
	t.txn.SetCausalConsistency(st.flags["--causal"])
	t.txn.SetBackgroundGoroutineLifecycleHooks(transaction.LifecycleHooks{
		Pre: func() { t.background.Add(1) }, Post: t.background.Done,
	})
	t.txn.SetCommitCallback(func(text string, _ error) {
		var info struct {
			Mode string `json:"txn_commit_mode"`
		}
		if json.Unmarshal([]byte(text), &info) == nil {
			t.mode = info.Mode
		}
	})
}

func (t *namedTxn) execute(ctx context.Context, s *session, st statement) (answer, error) {
	defer t.background.Wait()
	if !t.txn.Valid() {
		return nil, failure{"TRANSACTION_ABORTED", "the transaction is over"}
	}
	switch st.form {
	case "T get":
		return get(ctx, t.txn, st.args[0])
	case "T mget":
		return batchGet(ctx, t.txn, st.args)
	case "T put":
		return answer{}, t.txn.Set(st.args[0], st.args[1])
	case "T insert":
		return answer{}, t.insert(st.args[0], st.args[1])
	case "T del":
		return answer{}, t.txn.Delete(st.args[0])
	case "T lock":
		return t.lock(ctx, s, st)
	case "T scan":
		return scan(t.txn, st)
	case "T commit":
		return t.commit(ctx)
	case "T rollback":
		return answer{}, t.txn.Rollback()
	}
	return nil, unsupported("has no " + st.form)
}

func (t *namedTxn) insert(key, value []byte) error {
	if len(value) == 0 {
		return tikverr.ErrCannotSetNilValue
	}
	return t.txn.GetMemBuffer().SetWithFlags(key, value, kv.SetPresumeKeyNotExists)
}

var commitModes = map[string]string{"2pc": "2pc", "async_commit": "async", "1pc": "1pc"}

func (t *namedTxn) commit(ctx context.Context) (answer, error) {
	if err := t.txn.Commit(ctx); err != nil {
		return nil, err
	}
	if t.txn.CommitTS() == 0 { // nothing was written
		return answer{"commit_ts": t.txn.StartTS(), "mode": "2pc"}, nil
	}
	return answer{"commit_ts": t.txn.CommitTS(), "mode": commitModes[t.mode]}, nil
}

func (t *namedTxn) lock(ctx context.Context, s *session, st statement) (answer, error) {
	wait, err := waitTime(st)
	if err != nil {
		return nil, err
	}
	if !t.txn.IsPessimistic() && st.flags["--return-values"] {
		return nil, invalid("an optimistic transaction reads nothing when it locks")
	}
	ts, err := s.txn.GetTimestamp(ctx)
	if err != nil {
		return nil, err
	}
	how := kv.NewLockCtx(ts, wait, time.Now())
	if !st.flags["--return-values"] {
		return answer{}, t.txn.LockKeys(ctx, how, st.args...)
	}
	how.InitReturnValues(len(st.args))
	if err := t.txn.LockKeys(ctx, how, st.args...); err != nil {
		return nil, err
	}
	return lockedValues(ctx, s.txn.GetSnapshot(ts), how, st.args)
}

func waitTime(st statement) (int64, error) {
	if st.flags["--nowait"] {
		return kv.LockNoWait, nil
	}
	wait, err := st.number("--wait", kv.LockAlwaysWait)
	if err == nil && st.options["--wait"] != "" && wait < 1 {
		err = invalid("--wait needs a number of milliseconds")
	}
	return wait, err
}

// lockedValues reads anew what was locked before: the server returns values only with the first lock. Since then nobody
// else can have written there, and own writes are not meant.
func lockedValues(ctx context.Context, now *txnsnapshot.KVSnapshot, how *kv.LockCtx, keys [][]byte) (answer, error) {
	values := make([]any, len(keys))
	for i, key := range keys {
		got, found := how.Values[string(key)]
		if !found || got.AlreadyLocked {
			a, err := get(ctx, now, key)
			if err != nil {
				return nil, err
			}
			values[i] = a["value"]
		} else if len(got.Value) > 0 {
			values[i] = shown(got.Value)
		}
	}
	return answer{"values": values}, nil
}
