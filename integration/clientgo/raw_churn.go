package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand"
	"slices"
	"sync"
	"time"

	"github.com/tikv/client-go/v2/rawkv"
)

const (
	modelWorkers = 6
	modelKeys    = 300 // per worker
)

// rawModelUnderChurn lets workers read and write keys of their own, each checked against what it wrote last, while
// regions split and leaders move; at the end both scan directions see exactly what is left.
func rawModelUnderChurn(ctx context.Context, j *judge) error {
	churn := j.startChurn(ctx, []byte("rj-"), []byte("rj."), func(rnd *rand.Rand) []byte {
		return modelKey(rnd.Intn(modelWorkers), rnd.Intn(modelKeys))
	})
	until := time.Now().Add(j.churn)
	models := make([]*model, modelWorkers)
	err := inParallel(modelWorkers, func(worker int) error {
		models[worker] = newModel()
		rnd := rand.New(rand.NewSource(j.seed + int64(worker)))
		for step := 0; time.Now().Before(until); step++ {
			if err := modelStep(ctx, j.raw, rnd, models[worker], worker, step); err != nil {
				return wrong("worker %d, step %d: %v", worker, step, err)
			}
		}
		return nil
	})
	if err := first(err, churn.finish()); err != nil {
		return err
	}
	whole := newModel()
	for _, m := range models {
		for k, v := range m.pairs {
			whole.pairs[k] = v
		}
	}
	fmt.Printf("            %d splits, %d leader moves, %d keys at the end\n", churn.splits.Load(), churn.moves.Load(), len(whole.pairs))
	return first(j.expectWhole(ctx, whole), j.raw.DeleteRange(ctx, []byte("rj-"), []byte("rj.")))
}

func (j *judge) expectWhole(ctx context.Context, m *model) error {
	keys, values, err := j.raw.Scan(ctx, []byte("rj-"), []byte("rj."), rawkv.MaxRawKVScanLimit)
	if err := first(err, m.expect(keys, values, m.keys(), rawkv.MaxRawKVScanLimit)); err != nil {
		return wrong("scan: %v", err)
	}
	down := m.keys()
	slices.Reverse(down)
	keys, values, err = j.raw.ReverseScan(ctx, []byte("rj."), []byte("rj-"), rawkv.MaxRawKVScanLimit)
	if err := first(err, m.expect(keys, values, down, rawkv.MaxRawKVScanLimit)); err != nil {
		return wrong("reverse scan: %v", err)
	}
	return nil
}

func modelKey(worker, i int) []byte { return fmt.Appendf(nil, "rj-%d-%04d", worker, i) }

// modelStep does one random thing and checks it.
func modelStep(ctx context.Context, raw *rawkv.Client, rnd *rand.Rand, m *model, worker, step int) error {
	key := func() []byte { return modelKey(worker, rnd.Intn(modelKeys)) }
	switch k := key(); rnd.Intn(10) {
	case 0, 1, 2:
		v := fmt.Appendf(nil, "step %d", step)
		m.put(k, v)
		return raw.Put(ctx, k, v)
	case 3:
		m.remove(k)
		return raw.Delete(ctx, k)
	case 4:
		return modelBatchPut(ctx, raw, rnd, m, key, step)
	case 5:
		return modelBatchGet(ctx, raw, m, [][]byte{k, key(), key(), key(), key()})
	case 6, 7:
		return modelScan(ctx, raw, rnd, m, k, modelKey(worker, modelKeys))
	default:
		v, err := raw.Get(ctx, k)
		return first(err, sameValue(k, v, m.get(k)))
	}
}

func modelBatchPut(ctx context.Context, raw *rawkv.Client, rnd *rand.Rand, m *model, key func() []byte, step int) error {
	batch := newModel()
	for i := range 1 + rnd.Intn(20) {
		k, v := key(), fmt.Appendf(nil, "step %d.%d", step, i)
		batch.put(k, v)
		m.put(k, v)
	}
	return raw.BatchPut(ctx, batch.keys(), batch.values())
}

func modelBatchGet(ctx context.Context, raw *rawkv.Client, m *model, keys [][]byte) error {
	values, err := raw.BatchGet(ctx, keys)
	if err != nil {
		return err
	}
	for i, k := range keys {
		if err := sameValue(k, values[i], m.get(k)); err != nil {
			return wrong("batch get: %v", err)
		}
	}
	return nil
}

func modelScan(ctx context.Context, raw *rawkv.Client, rnd *rand.Rand, m *model, lower, upper []byte) error {
	limit := 1 + rnd.Intn(100)
	want := m.between(lower, upper)
	if rnd.Intn(2) == 0 {
		keys, values, err := raw.Scan(ctx, lower, upper, limit)
		return first(err, m.expect(keys, values, want, limit))
	}
	slices.Reverse(want)
	keys, values, err := raw.ReverseScan(ctx, upper, lower, limit)
	if err := first(err, m.expect(keys, values, want, limit)); err != nil {
		return wrong("backward: %v", err)
	}
	return nil
}

// rawCounterUnderChurn lets workers count one counter up by compare-and-swap: no step may be lost or done twice.
func rawCounterUnderChurn(ctx context.Context, j *judge) error {
	atomic, err := openRaw(ctx, j.settings, "")
	if err != nil {
		return err
	}
	defer atomic.Close()
	atomic.SetAtomicForCAS(true)
	key := []byte("ri-counter")
	churn := j.startChurn(ctx, []byte("ri-"), []byte("ri."), func(rnd *rand.Rand) []byte {
		return fmt.Appendf(nil, "ri-%c%d", "ad"[rnd.Intn(2)], rnd.Intn(1000))
	})
	until := time.Now().Add(j.churn / 2)
	climbs := make([]uint64, modelWorkers)
	err = inParallel(modelWorkers, func(worker int) error {
		for time.Now().Before(until) {
			if err := climb(ctx, atomic, key); err != nil {
				return err
			}
			climbs[worker]++
		}
		return nil
	})
	if err := first(err, churn.finish()); err != nil {
		return err
	}
	var total uint64
	for _, n := range climbs {
		total += n
	}
	return first(j.expectRaw(ctx, key, number(total)), j.raw.DeleteRange(ctx, []byte("ri-"), []byte("ri.")))
}

func climb(ctx context.Context, atomic *rawkv.Client, key []byte) error {
	value, err := atomic.Get(ctx, key)
	for err == nil {
		var seen uint64
		if value != nil {
			seen = binary.BigEndian.Uint64(value)
		}
		var swapped bool
		if value, swapped, err = atomic.CompareAndSwap(ctx, key, value, number(seen+1)); swapped {
			return nil
		}
	}
	return err
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// inParallel runs f(0) to f(n-1) at once and gives the first error in order of number.
func inParallel(n int, f func(i int) error) error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Add(1)
		go func() {
			defer all.Done()
			errs[i] = f(i)
		}()
	}
	all.Wait()
	return first(errs...)
}
