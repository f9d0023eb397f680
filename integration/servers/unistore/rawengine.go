package main

import (
	"bytes"
	"hash/crc64"
	"math"
	"sync"
	"time"

	"github.com/google/btree"
)

// pair is one raw key with its value and the second of its death, 0 for never.
type pair struct {
	key, value []byte
	expires    uint64
}

type tree = btree.BTreeG[pair]

// rawEngine keeps raw keys in memory, one ordered tree per column family.
type rawEngine struct {
	mu       sync.RWMutex
	families map[string]*tree
	now      func() uint64 // Unix seconds
}

func newRawEngine() *rawEngine {
	e := &rawEngine{families: map[string]*tree{}, now: func() uint64 { return uint64(time.Now().Unix()) }}
	for _, name := range []string{"default", "lock", "write"} {
		e.families[name] = btree.NewG(32, func(a, b pair) bool { return bytes.Compare(a.key, b.key) < 0 })
	}
	return e
}

func familyName(cf string) string {
	if cf == "" {
		return "default"
	}
	return cf
}

func (e *rawEngine) hasFamily(cf string) bool { return e.families[familyName(cf)] != nil }

func (e *rawEngine) alive(p pair) bool { return p.expires == 0 || p.expires > e.now() }

func (e *rawEngine) get(cf string, key []byte) (pair, bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.lookup(e.families[familyName(cf)], key)
}

// lookup wants the lock held. What has expired is as if it never was.
func (e *rawEngine) lookup(t *tree, key []byte) (pair, bool) {
	if p, found := t.Get(pair{key: key}); found && e.alive(p) {
		return p, true
	}
	return pair{}, false
}

// expiry saturates, as TiKV's does.
func (e *rawEngine) expiry(ttl uint64) uint64 {
	switch now := e.now(); {
	case ttl == 0:
		return 0
	case ttl > math.MaxUint64-now:
		return math.MaxUint64
	default:
		return now + ttl
	}
}

func (e *rawEngine) put(cf string, pairs ...pair) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range pairs {
		e.families[familyName(cf)].ReplaceOrInsert(p)
	}
}

func (e *rawEngine) remove(cf string, keys ...[]byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, key := range keys {
		e.families[familyName(cf)].Delete(pair{key: key})
	}
}

// change is what becomes of a key: nothing, a new pair, or its end.
type change struct {
	put    *pair
	remove bool
}

// exchange asks decide, under the write lock, what becomes of the key in its present state, and does it.
func (e *rawEngine) exchange(cf string, key []byte, decide func(old pair, found bool) change) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.families[familyName(cf)]
	old, found := e.lookup(t, key)
	switch next := decide(old, found); {
	case next.remove:
		t.Delete(pair{key: key})
	case next.put != nil:
		t.ReplaceOrInsert(*next.put)
	}
}

// walk visits the living pairs of [lower, upper) in either order until visit says false. An empty upper is no bound.
func (e *rawEngine) walk(cf string, lower, upper []byte, reverse bool, visit func(pair) bool) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	t := e.families[familyName(cf)]
	step := func(p pair) bool {
		switch {
		case reverse && bytes.Compare(p.key, lower) < 0:
			return false
		case len(upper) > 0 && bytes.Compare(p.key, upper) >= 0:
			return reverse // the upper bound itself is skipped on the way down and ends the way up
		case !e.alive(p):
			return true
		}
		return visit(p)
	}
	switch {
	case !reverse:
		t.AscendGreaterOrEqual(pair{key: lower}, step)
	case len(upper) == 0:
		t.Descend(step)
	default:
		t.DescendLessOrEqual(pair{key: upper}, step)
	}
}

func (e *rawEngine) removeRange(cf string, lower, upper []byte) {
	var doomed [][]byte
	e.walk(cf, lower, upper, false, func(p pair) bool {
		doomed = append(doomed, p.key)
		return true
	})
	e.remove(cf, doomed...)
}

var crcTable = crc64.MakeTable(crc64.ECMA)

// digest is TiKV's order-independent checksum: the XOR of one CRC-64 per pair.
type digest struct{ xor, pairs, bytes uint64 }

func (e *rawEngine) digestRange(lower, upper []byte, d *digest) {
	e.walk("", lower, upper, false, func(p pair) bool {
		d.xor ^= crc64.Update(crc64.Checksum(p.key, crcTable), crcTable, p.value)
		d.pairs++
		d.bytes += uint64(len(p.key) + len(p.value))
		return true
	})
}
