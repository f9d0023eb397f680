package main

import (
	"bytes"
	"context"
	"strconv"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/kv"
	"github.com/tikv/client-go/v2/txnkv/txnsnapshot"
)

const maxScanPairs = 10240

// namedSnapshot is a snapshot that statements refer to by its name.
type namedSnapshot struct {
	snapshot *txnsnapshot.KVSnapshot
}

var replicas = map[string]kv.ReplicaReadType{
	"leader": kv.ReplicaReadLeader, "follower": kv.ReplicaReadFollower, "prefer-leader": kv.ReplicaReadPreferLeader,
	"mixed": kv.ReplicaReadMixed,
}

func (s *session) snapshot(ctx context.Context, st statement) (answer, error) {
	client, err := s.txnClient()
	if err != nil {
		return nil, err
	}
	ts, err := client.GetTimestamp(ctx)
	if text, given := st.options["--ts"]; given && err == nil {
		ts, err = strconv.ParseUint(text, 10, 64)
	}
	if err != nil {
		return nil, err
	}
	snapshot := client.GetSnapshot(ts)
	if name, given := st.options["--replica"]; given {
		kind, known := replicas[name]
		if !known {
			return nil, unsupported("this program chooses no replica " + name)
		}
		snapshot.SetReplicaRead(kind)
	}
	if st.flags["--stale"] {
		snapshot.SetIsStalenessReadOnly(true)
	}
	name := string(st.args[0])
	s.snapshots[name] = &namedSnapshot{snapshot}
	delete(s.txns, name)
	return answer{"ts": ts}, nil
}

func (n *namedSnapshot) execute(ctx context.Context, st statement) (answer, error) {
	switch st.form {
	case "T get":
		return get(ctx, n.snapshot, st.args[0])
	case "T mget":
		return batchGet(ctx, n.snapshot, st.args)
	case "T scan":
		return scan(n.snapshot, st)
	}
	return nil, invalid("a snapshot only reads")
}

// reader is what transactions and snapshots have in common, but for the types of their iterators.
type reader interface {
	Get(context.Context, []byte, ...kv.GetOption) (kv.ValueEntry, error)
	BatchGet(context.Context, [][]byte, ...kv.BatchGetOption) (map[string]kv.ValueEntry, error)
}

func get(ctx context.Context, r reader, key []byte) (answer, error) {
	entry, err := r.Get(ctx, key)
	if tikverr.IsErrNotFound(err) {
		return answer{"value": nil}, nil
	}
	return answer{"value": shown(entry.Value)}, err
}

func batchGet(ctx context.Context, r reader, keys [][]byte) (answer, error) {
	found, err := r.BatchGet(ctx, keys)
	values := make([]any, len(keys))
	for i, key := range keys {
		if entry, present := found[string(key)]; present {
			values[i] = shown(entry.Value)
		}
	}
	return answer{"values": values}, err
}

type iterator interface {
	Valid() bool
	Key() []byte
	Value() []byte
	Next() error
	Close()
}

// scannable is a transaction or a snapshot.
type scannable[I iterator] interface {
	Iter(k, upper []byte) (I, error)
	IterReverse(k, lower []byte) (I, error)
}

func scan[I iterator](r scannable[I], st statement) (answer, error) {
	limit, err := st.limit(maxScanPairs)
	if err != nil {
		return nil, err
	}
	if limit > maxScanPairs {
		return nil, invalid("the maximum of --limit is %d", maxScanPairs)
	}
	lower, upper, backward := st.args[0], st.args[1], st.flags["--reverse"]
	if backward {
		lower, upper = ordered(lower, upper)
	}
	if len(upper) > 0 && bytes.Compare(lower, upper) >= 0 {
		return answer{"pairs": []any{}}, nil
	}
	begin := r.Iter
	if backward {
		begin, lower, upper = r.IterReverse, upper, lower
	}
	it, err := begin(lower, upper)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	return collect(it, limit)
}

func collect(it iterator, limit int) (answer, error) {
	keys, values := [][]byte{}, [][]byte{}
	for it.Valid() && len(keys) < limit {
		keys, values = append(keys, bytes.Clone(it.Key())), append(values, bytes.Clone(it.Value()))
		if err := it.Next(); err != nil {
			return nil, err
		}
	}
	return answer{"pairs": pairs(keys, values)}, nil
}
