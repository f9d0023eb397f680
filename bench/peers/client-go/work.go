package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tikv/client-go/v2/rawkv"
	"github.com/tikv/client-go/v2/txnkv"
	"github.com/tikv/pd/client/opt"
)

const (
	loadBatch    = 1000
	drawn        = 1 << 20
	zipfExponent = 0.99 // YCSB's
	bulkBytes    = 1 << 20
)

var bulkKey = []byte("L000000000000000")

var errMissing = errors.New("a key that was loaded is not there")

// work is what one operation is, and on which keys.
type work struct {
	client       *rawkv.Client // nil for a transactional workload
	transactions *txnkv.Client // nil for a raw one
	o            options
	keys         [][]byte
	value        []byte
	ranks        []int32 // drawn before the run; nil: uniform
}

var workloads = []string{
	"raw-get", "raw-put", "raw-mixed", "raw-batch-get", "raw-batch-put", "raw-scan",
	"txn-get", "txn-1pc", "txn-rw", "txn-pessimistic",
}

// newWork connects; close ends that.
func newWork(o options) (*work, error) {
	if !slices.Contains(workloads, o.workload) {
		return nil, fmt.Errorf("no workload %q", o.workload)
	}
	if o.bulk > 0 && o.transactional() {
		return nil, errors.New("large gets travel beside raw workloads only")
	}
	w := &work{o: o, keys: make([][]byte, o.keys), value: bytes.Repeat([]byte("v"), o.valueSize)}
	var err error
	if o.transactional() {
		w.transactions, err = openTransactions(o)
	} else {
		w.client, err = openRaw(o)
	}
	if err != nil {
		return nil, err
	}
	for i := range w.keys {
		w.keys[i] = fmt.Appendf(nil, "b%015d", i)
	}
	if o.zipf {
		w.ranks = zipf(o.keys)
	}
	return w, nil
}

func openRaw(o options) (*rawkv.Client, error) {
	client, err := rawkv.NewClientWithOpts(context.Background(), strings.Split(o.pd, ","))
	if err != nil {
		return nil, err
	}
	if err := client.GetPDClient().UpdateOption(opt.EnableRouterClient, o.router); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}

func (w *work) close() {
	if w.o.transactional() {
		w.transactions.Close()
	} else {
		w.client.Close()
	}
}

func zipf(keys int) []int32 {
	upTo := make([]float64, keys)
	sum := 0.0
	for i := range upTo {
		sum += math.Pow(float64(i+1), -zipfExponent)
		upTo[i] = sum
	}
	random := rand.New(rand.NewPCG(42, 42))
	ranks := make([]int32, drawn)
	for i := range ranks {
		rank, _ := slices.BinarySearch(upTo, random.Float64()*sum)
		ranks[i] = int32(min(rank, keys-1))
	}
	return ranks
}

func (w *work) reads() bool {
	return !slices.Contains([]string{"raw-put", "raw-batch-put", "txn-1pc"}, w.o.workload)
}

// loadAll writes what the run will read.
func (w *work) loadAll(ctx context.Context) error {
	if w.o.bulk > 0 {
		if err := w.client.Put(ctx, bulkKey, bytes.Repeat([]byte("V"), bulkBytes)); err != nil {
			return err
		}
	}
	if !w.reads() {
		return nil
	}
	if w.o.transactional() {
		return w.loadTransactions()
	}
	return w.load(ctx)
}

func (w *work) load(ctx context.Context) error {
	for from := 0; from < len(w.keys); from += loadBatch {
		part := w.keys[from:min(from+loadBatch, len(w.keys))]
		if err := w.client.BatchPut(ctx, part, slices.Repeat([][]byte{w.value}, len(part))); err != nil {
			return err
		}
	}
	return nil
}

// chooser gives the keys of one goroutine.
type chooser struct {
	w      *work
	random *rand.Rand
}

func (c *chooser) index() int {
	if c.w.ranks != nil {
		return int(c.w.ranks[c.random.IntN(drawn)])
	}
	return c.random.IntN(len(c.w.keys))
}

func (c *chooser) key() []byte { return c.w.keys[c.index()] }

func (c *chooser) batch() [][]byte {
	batch := make([][]byte, c.w.o.batch)
	for i := range batch {
		batch[i] = c.key()
	}
	return batch
}

// operate makes one operation of the workload.
func (c *chooser) operate(ctx context.Context) error {
	w := c.w
	if w.o.transactional() {
		return c.operateInTransaction(ctx)
	}
	switch w.o.workload {
	case "raw-get":
		return c.get(ctx)
	case "raw-put":
		return w.client.Put(ctx, c.key(), w.value)
	case "raw-mixed":
		if c.random.IntN(100) < 5 {
			return w.client.Put(ctx, c.key(), w.value)
		}
		return c.get(ctx)
	case "raw-batch-get":
		values, err := w.client.BatchGet(ctx, c.batch())
		return found(err, len(values) == w.o.batch && values[0] != nil)
	case "raw-batch-put":
		keys := c.batch()
		return w.client.BatchPut(ctx, keys, slices.Repeat([][]byte{w.value}, len(keys)))
	default: // raw-scan
		start := min(c.index(), max(0, len(w.keys)-w.o.limit))
		keys, _, err := w.client.Scan(ctx, w.keys[start], nil, w.o.limit)
		return found(err, len(keys) == min(w.o.limit, len(w.keys)))
	}
}

func (c *chooser) get(ctx context.Context) error {
	value, err := c.w.client.Get(ctx, c.key())
	return found(err, value != nil)
}

func found(err error, complete bool) error {
	if err == nil && !complete {
		return errMissing
	}
	return err
}
