package main

import (
	"bytes"
	"context"
	"strings"

	"github.com/tikv/client-go/v2/rawkv"
)

func rawChecksum(ctx context.Context, j *judge) error {
	const prefix = "rc-"
	m, err := j.scanField(ctx, prefix)
	if err != nil {
		return err
	}
	for _, r := range [][2]string{{"", "z"}, {"a00010", "a00020"}, {"a00029", "d00031"}, {"n", "z"}} {
		lower, upper := []byte(prefix+r[0]), []byte(prefix+r[1])
		keys := m.between(lower, upper)
		xor, size := m.checksum(j.keyspacePrefix(), keys)
		got, err := j.raw.Checksum(ctx, lower, upper)
		if err != nil {
			return err
		}
		if got.Crc64Xor != xor || got.TotalKvs != uint64(len(keys)) || got.TotalBytes != size {
			return wrong("checksum of [%q, %q) is %+v, should be {%d %d %d}", lower, upper, got, xor, len(keys), size)
		}
	}
	return j.raw.DeleteRange(ctx, []byte(prefix), []byte("rc."))
}

// rawTTL sees keys expire where TTL exists and sees it refused where it does not.
func rawTTL(ctx context.Context, j *judge) error {
	key, lasting := []byte("rt-short"), []byte("rt-lasting")
	if j.api == "v1" {
		if err := j.raw.PutWithTTL(ctx, key, []byte("v"), 100); err == nil || !strings.Contains(strings.ToLower(err.Error()), "ttl") {
			return wrong("a store without TTL answered a put with TTL with %v", err)
		}
		return j.expectRaw(ctx, key, nil)
	}
	if err := first(
		j.raw.PutWithTTL(ctx, key, []byte("v"), 3), j.raw.PutWithTTL(ctx, lasting, []byte("v"), 1000),
		j.raw.Put(ctx, []byte("rt-none"), []byte("v")), j.expectTTL(ctx, lasting, 990, 1000), j.expectTTL(ctx, key, 0, 3),
		j.expectTTL(ctx, []byte("rt-none"), 0, 0), j.expectRaw(ctx, key, []byte("v")),
	); err != nil {
		return err
	}
	if ttl, err := j.raw.GetKeyTTL(ctx, []byte("rt-absent")); err != nil || ttl != nil {
		return wrong("TTL of an absent key: %v, %v", ttl, err)
	}
	if err := eventually(ctx, "the key expires", func() (bool, error) {
		v, err := j.raw.Get(ctx, key)
		return err == nil && v == nil, err
	}); err != nil {
		return err
	}
	keys, _, err := j.raw.Scan(ctx, []byte("rt-"), []byte("rt."), 10)
	if err != nil || len(keys) != 2 || !bytes.Equal(keys[0], lasting) {
		return wrong("a scan beside an expired key gave %q, %v", keys, err)
	}
	if err := first(j.raw.Put(ctx, lasting, []byte("w")), j.expectTTL(ctx, lasting, 0, 0)); err != nil {
		return wrong("a put without TTL over one with TTL: %v", err)
	}
	if err := j.raw.BatchPutWithTTL(ctx, [][]byte{key, lasting}, [][]byte{[]byte("a"), []byte("b")}, []uint64{500, 0}); err != nil {
		return err
	}
	return first(j.expectTTL(ctx, key, 490, 500), j.expectTTL(ctx, lasting, 0, 0), j.raw.DeleteRange(ctx, []byte("rt-"), []byte("rt.")))
}

func (j *judge) expectTTL(ctx context.Context, key []byte, low, high uint64) error {
	ttl, err := j.raw.GetKeyTTL(ctx, key)
	if err != nil {
		return err
	}
	if ttl == nil || *ttl < low || *ttl > high {
		return wrong("TTL of %q is %v, not between %d and %d", key, ttl, low, high)
	}
	return nil
}

func rawCAS(ctx context.Context, j *judge) error {
	atomic, err := openRaw(ctx, j.settings, "")
	if err != nil {
		return err
	}
	defer atomic.Close()
	key := []byte("ru-key")
	if _, _, err := atomic.CompareAndSwap(ctx, key, nil, []byte("x")); err == nil {
		return wrong("compare-and-swap without atomic mode was accepted")
	}
	atomic.SetAtomicForCAS(true)
	for i, step := range []struct {
		expected, next, previous []byte
		swapped                  bool
	}{
		{[]byte("x"), []byte("y"), nil, false},
		{[]byte{}, []byte("y"), nil, false}, // present and empty is not absent
		{nil, []byte("a"), nil, true},
		{nil, []byte("b"), []byte("a"), false},
		{[]byte("x"), []byte("b"), []byte("a"), false},
		{[]byte("a"), []byte{}, []byte("a"), true},
		{[]byte{}, []byte("c"), []byte{}, true},
	} {
		previous, swapped, err := atomic.CompareAndSwap(ctx, key, step.expected, step.next)
		if err != nil {
			return err
		}
		if err := sameValue(key, previous, step.previous); err != nil || swapped != step.swapped {
			return wrong("step %d: swapped %v, should be %v; %v", i, swapped, step.swapped, err)
		}
	}
	return first(j.expectRaw(ctx, key, []byte("c")), atomic.Delete(ctx, key), j.expectRaw(ctx, key, nil))
}

// rawColumnFamilies keeps two families apart where they exist and sees them refused on API V2. Family "lock" is left
// alone: raw keys in it make a real store end at its next region split.
func rawColumnFamilies(ctx context.Context, j *judge) error {
	key, other := []byte("ry-key"), rawkv.SetColumnFamily("write")
	if j.api == "v2" {
		if err := j.raw.Put(ctx, key, []byte("v"), other); err == nil {
			return wrong("API V2 took a column family")
		}
		return nil
	}
	if err := first(
		j.raw.Put(ctx, key, []byte("in default")), j.raw.Put(ctx, key, []byte("in write"), other),
		j.expectRaw(ctx, key, []byte("in default")),
	); err != nil {
		return err
	}
	if v, err := j.raw.Get(ctx, key, other); err != nil || string(v) != "in write" {
		return wrong("family write holds %s, %v", show(v), err)
	}
	if err := j.raw.Delete(ctx, key); err != nil {
		return err
	}
	keys, _, err := j.raw.Scan(ctx, []byte("ry-"), []byte("ry."), 10, other)
	if err != nil || len(keys) != 1 {
		return wrong("scan of family write gave %q, %v", keys, err)
	}
	if _, err := j.raw.Get(ctx, key, rawkv.SetColumnFamily("nonsense")); err == nil {
		return wrong("a family that does not exist was accepted")
	}
	return first(j.expectRaw(ctx, key, nil), j.raw.Delete(ctx, key, other))
}

// rawKeyspaces writes one key in two keyspaces.
func rawKeyspaces(ctx context.Context, j *judge) error {
	switch {
	case j.api != "v2":
		return notServed{"API " + strings.ToUpper(j.api) + " has no keyspaces"}
	case len(j.keyspaces) == 0:
		return notServed{"no keyspaces were named for this cluster"}
	}
	key := []byte("rw-key")
	var clients []*rawkv.Client
	for _, name := range j.keyspaces {
		client, err := openRaw(ctx, j.settings, name)
		if err != nil {
			return err
		}
		defer client.Close()
		clients = append(clients, client)
		if err := client.Put(ctx, key, []byte("of "+name)); err != nil {
			return err
		}
	}
	for i, client := range clients {
		if v, err := client.Get(ctx, key); err != nil || string(v) != "of "+j.keyspaces[i] {
			return wrong("keyspace %s holds %s, %v", j.keyspaces[i], show(v), err)
		}
		keys, _, err := client.Scan(ctx, nil, nil, 100)
		if err != nil || len(keys) != 1 {
			return wrong("a scan of all of keyspace %s gave %q, %v", j.keyspaces[i], keys, err)
		}
		if err := client.Delete(ctx, key); err != nil {
			return err
		}
	}
	return j.expectRaw(ctx, key, nil)
}
