package main

import (
	"bytes"
	"hash/crc64"
	"slices"
	"strings"
)

// model is what a key range has to hold, in key order. Confined to one goroutine.
type model struct {
	pairs map[string][]byte
}

func newModel() *model { return &model{pairs: map[string][]byte{}} }

func (m *model) put(key, value []byte) { m.pairs[string(key)] = value }
func (m *model) remove(key []byte)     { delete(m.pairs, string(key)) }

// get gives nil for an absent key and something else for an empty value.
func (m *model) get(key []byte) []byte { return m.pairs[string(key)] }

func (m *model) keys() [][]byte { return m.between(nil, nil) }

// between gives the keys of [lower, upper) in order; a nil upper is no bound.
func (m *model) between(lower, upper []byte) [][]byte {
	var keys [][]byte
	for k := range m.pairs {
		if k >= string(lower) && (upper == nil || k < string(upper)) {
			keys = append(keys, []byte(k))
		}
	}
	slices.SortFunc(keys, bytes.Compare)
	return keys
}

func (m *model) values() [][]byte {
	var values [][]byte
	for _, k := range m.keys() {
		values = append(values, m.pairs[string(k)])
	}
	return values
}

// expect compares what a scan found with the first limit keys of want.
func (m *model) expect(keys, values, want [][]byte, limit int) error {
	want = want[:min(limit, len(want))]
	for i := range min(len(keys), len(want)) {
		if !bytes.Equal(keys[i], want[i]) {
			return wrong("key %d is %q, not %q", i, keys[i], want[i])
		}
		if err := sameValue(keys[i], values[i], m.get(keys[i])); err != nil {
			return err
		}
	}
	if len(keys) != len(want) {
		return wrong("%d keys instead of %d, from %s to %s", len(keys), len(want), edge(keys, 0), edge(keys, len(keys)-1))
	}
	return nil
}

func edge(keys [][]byte, i int) string {
	if i < 0 || i >= len(keys) {
		return "nothing"
	}
	return show(keys[i])
}

var crcTable = crc64.MakeTable(crc64.ECMA)

// checksum is TiKV's over the keys: XOR of CRC-64 of the stored key (with the keyspace's prefix) and value.
func (m *model) checksum(prefix []byte, keys [][]byte) (xor, size uint64) {
	for _, k := range keys {
		stored := strings.Join([]string{string(prefix), string(k), string(m.get(k))}, "")
		xor ^= crc64.Checksum([]byte(stored), crcTable)
		size += uint64(len(stored))
	}
	return xor, size
}
