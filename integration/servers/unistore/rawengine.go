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
	expires    int64
}

type tree = btree.BTreeG[pair]

// rawEngine keeps raw keys in memory, one ordered tree per column family.
type rawEngine struct {
	mu       sync.RWMutex
	families map[string]*tree
	now      func() int64 // Unix seconds
}

func newRawEngine() *rawEngine {
	e := &rawEngine{families: map[string]*tree{}, now: func() int64 { return time.Now().Unix() }}
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

// lookup wants the lock held.
func (e *rawEngine) lookup(t *tree, key []byte) (pair, bool) {
	p, found := t.Get(pair{key: key})
	return p, found && e.alive(p)
}

func (e *rawEngine) expiry(ttl uint64) int64 {
	switch now := e.now(); {
	case ttl == 0:
		return 0
	case ttl > uint64(math.MaxInt64-now):
		return math.MaxInt64
	default:
		return now + int64(ttl)
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

// exchange runs change under the write lock with the key's present state and puts what it returns, if anything.
func (e *rawEngine) exchange(cf string, key []byte, change func(old pair, found bool) *pair) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.families[familyName(cf)]
	old, found := e.lookup(t, key)
	if next := change(old, found); next != nil {
		t.ReplaceOrInsert(*next)
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
