package main

import "sync"

// latches lets one write at a time touch a key. All hashes of a request are taken together, so requests cannot
// wait for each other in a circle. They belong to the store and survive region splits.
type latches struct {
	mu   sync.Mutex
	free *sync.Cond
	held map[uint64]struct{}
}

func newLatches() *latches {
	l := &latches{held: map[uint64]struct{}{}}
	l.free = sync.NewCond(&l.mu)
	return l
}

func (l *latches) acquire(hashes []uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.anyHeld(hashes) {
		l.free.Wait()
	}
	for _, h := range hashes {
		l.held[h] = struct{}{}
	}
}

func (l *latches) release(hashes []uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range hashes {
		delete(l.held, h)
	}
	l.free.Broadcast()
}

func (l *latches) anyHeld(hashes []uint64) bool {
	for _, h := range hashes {
		if _, taken := l.held[h]; taken {
			return true
		}
	}
	return false
}
