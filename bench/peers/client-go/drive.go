package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

type phase = int32

const (
	warming phase = iota
	measuring
	over
)

type measured struct {
	latencies   histogram
	errors      int64
	lastError   error
	used        costs
	residentMiB float64
	bulkBytes   int64
}

// worker is one goroutine: one operation after the other, as they end or by the clock.
type worker struct {
	chooser   chooser
	every     time.Duration
	offset    time.Duration
	latencies histogram
	errors    int64
	lastError error
}

func drive(ctx context.Context, w *work, o options) measured {
	var now atomic.Int32
	workers := make([]*worker, o.inFlight)
	var running sync.WaitGroup
	for i := range workers {
		workers[i] = &worker{chooser: chooser{w, rand.New(rand.NewPCG(uint64(i), 7))}}
		if o.rate > 0 {
			workers[i].every = time.Duration(float64(o.inFlight) / o.rate * 1e9)
			workers[i].offset = workers[i].every * time.Duration(i) / time.Duration(o.inFlight)
		}
		running.Go(func() { workers[i].run(ctx, &now) })
	}
	var bulk atomic.Int64
	var bulkError atomic.Pointer[error]
	for i := range o.bulk {
		running.Go(func() {
			first := time.Now()
			for started := 0; now.Load() != over; started++ {
				if o.bulkRate > 0 {
					due := float64(started*o.bulk+i) * float64(bulkBytes) / (1 << 20) / o.bulkRate
					time.Sleep(time.Until(first.Add(time.Duration(due * 1e9))))
				}
				value, err := w.client.Get(ctx, bulkKey)
				if err = found(err, value != nil); err != nil {
					bulkError.Store(&err)
					return
				}
				bulk.Add(int64(len(value)))
			}
		})
	}
	time.Sleep(o.warmup)
	bulk.Store(0)
	before := costsNow()
	now.Store(measuring)
	time.Sleep(o.duration)
	now.Store(over)
	m := measured{used: costsNow().since(before), residentMiB: residentMiB(), bulkBytes: bulk.Load()}
	running.Wait()
	for _, worker := range workers {
		m.latencies.add(&worker.latencies)
		m.errors += worker.errors
		if worker.lastError != nil {
			m.lastError = worker.lastError
		}
	}
	if failed := bulkError.Load(); failed != nil {
		m.errors++
		m.lastError = *failed
	}
	return m
}

func (w *worker) run(ctx context.Context, now *atomic.Int32) {
	first := time.Now().Add(w.offset)
	for started := time.Duration(0); now.Load() != over; started++ {
		intended := time.Now()
		if w.every > 0 { // latency counts from when it should have started
			intended = first.Add(started * w.every)
			time.Sleep(time.Until(intended))
			if late := time.Since(intended); late > 0 && now.Load() == warming { // what a slow start leaves due is forgiven
				first = first.Add(late)
				intended = intended.Add(late)
			}
		}
		err := w.chooser.operate(ctx)
		if now.Load() != measuring {
			continue
		}
		if err == nil {
			w.latencies.record(time.Since(intended))
		} else {
			w.errors++
			w.lastError = err
		}
	}
}
