package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/tikv/client-go/v2/rawkv"
)

const maxKeyBytes = 8192

func (s *session) rawStatement(ctx context.Context, st statement) (answer, error) {
	if err := refusedKey(st); err != nil {
		return nil, err
	}
	raw, err := s.rawClient()
	if err != nil {
		return nil, err
	}
	switch st.form {
	case "raw get":
		value, err := raw.Get(ctx, st.args[0], inFamily(st)...)
		return answer{"value": shownOrNull(value)}, err
	case "raw put":
		return rawPut(ctx, raw, st)
	case "raw del":
		return answer{}, raw.Delete(ctx, st.args[0])
	case "raw mget":
		values, err := raw.BatchGet(ctx, st.args)
		return answer{"values": allShown(values)}, err
	case "raw mput":
		return rawBatchPut(ctx, raw, st)
	case "raw mdel":
		return answer{}, raw.BatchDelete(ctx, st.args)
	case "raw scan":
		return rawScan(ctx, raw, st)
	case "raw delrange":
		if len(st.args[1]) == 0 && s.api != "v2" {
			return nil, unsupported("its DeleteRange to the end of all keys is refused by stores of API V1, and it tries on")
		}
		return answer{}, raw.DeleteRange(ctx, st.args[0], st.args[1])
	case "raw cas":
		return rawCompareAndSwap(ctx, raw, st)
	case "raw ttl":
		return s.rawTTL(ctx, raw, st)
	case "raw checksum":
		sum, err := raw.Checksum(ctx, st.args[0], st.args[1])
		return answer{"crc64_xor": fmt.Sprintf("%016x", sum.Crc64Xor), "kvs": sum.TotalKvs, "bytes": sum.TotalBytes}, err
	}
	return nil, unsupported("has no " + st.form)
}

// refusedKey refuses what the language does not allow although client-go would send it: empty keys, and keys above the
// limit, which stores take in atomic mode.
func refusedKey(st statement) error {
	for _, key := range keysOf(st) {
		if len(key) == 0 || len(key) > maxKeyBytes {
			return invalid("the key has %d bytes", len(key))
		}
	}
	return nil
}

// keysOf gives the arguments that are keys to read or write; bounds of ranges are none.
func keysOf(st statement) [][]byte {
	switch st.form {
	case "raw get", "raw put", "raw del", "raw ttl", "raw cas":
		return st.args[:1]
	case "raw mget", "raw mdel":
		return st.args
	case "raw mput":
		var keys [][]byte
		for i := 0; i+1 < len(st.args); i += 2 {
			keys = append(keys, st.args[i])
		}
		return keys
	}
	return nil
}

func inFamily(st statement) []rawkv.RawOption {
	if family, given := st.options["--cf"]; given {
		return []rawkv.RawOption{rawkv.SetColumnFamily(family)}
	}
	return nil
}

func allShown(values [][]byte) []any {
	all := make([]any, len(values))
	for i, value := range values {
		all[i] = shownOrNull(value)
	}
	return all
}

// ttl is the time to live asked for, 0 for none.
func ttl(st statement) (uint64, error) {
	seconds, err := st.number("--ttl", 0)
	if err == nil && seconds < 0 {
		err = invalid("--ttl needs seconds of 0 or more")
	}
	return uint64(seconds), err
}

func rawPut(ctx context.Context, raw *rawkv.Client, st statement) (answer, error) {
	seconds, err := ttl(st)
	if err != nil {
		return nil, err
	}
	return answer{}, raw.PutWithTTL(ctx, st.args[0], st.args[1], seconds, inFamily(st)...)
}

func rawBatchPut(ctx context.Context, raw *rawkv.Client, st statement) (answer, error) {
	seconds, err := ttl(st)
	if err != nil {
		return nil, err
	}
	if len(st.args)%2 != 0 {
		return nil, invalid("a key without a value")
	}
	var keys, values [][]byte
	var ttls []uint64
	for i := 0; i < len(st.args); i += 2 {
		keys, values, ttls = append(keys, st.args[i]), append(values, st.args[i+1]), append(ttls, seconds)
	}
	if seconds == 0 {
		ttls = nil
	}
	return answer{}, raw.BatchPutWithTTL(ctx, keys, values, ttls)
}

func rawScan(ctx context.Context, raw *rawkv.Client, st statement) (answer, error) {
	limit, err := st.limit(int64(rawkv.MaxRawKVScanLimit))
	if err != nil {
		return nil, err
	}
	var options []rawkv.RawOption
	keysOnly := st.flags["--keys-only"]
	if keysOnly {
		options = append(options, rawkv.ScanKeyOnly())
	}
	lower, upper := st.args[0], st.args[1]
	var keys, values [][]byte
	if st.flags["--reverse"] {
		lower, upper = ordered(lower, upper)
		if len(upper) == 0 {
			return nil, unsupported("its ReverseScan cannot begin at the end of all keys")
		}
		keys, values, err = raw.ReverseScan(ctx, upper, lower, limit, options...)
	} else {
		keys, values, err = raw.Scan(ctx, lower, upper, limit, options...)
	}
	if keysOnly {
		values = nil
	}
	return answer{"pairs": pairs(keys, values)}, err
}

// ordered lets the bounds of a reverse scan stand in either order.
func ordered(a, b []byte) (lower, upper []byte) {
	if len(b) > 0 && bytes.Compare(a, b) >= 0 {
		return b, a
	}
	return a, b
}

// pairs shows keys with their values, or alone where there are no values.
func pairs(keys, values [][]byte) []any {
	all := []any{}
	for i, key := range keys {
		pair := []any{shown(key)}
		if values != nil {
			pair = append(pair, shown(values[i]))
		}
		all = append(all, pair)
	}
	return all
}

func rawCompareAndSwap(ctx context.Context, raw *rawkv.Client, st statement) (answer, error) {
	absent := st.flags["--absent"]
	if absent != (len(st.args) == 2) {
		return nil, invalid("raw cas with %d arguments", len(st.args))
	}
	if seconds, err := ttl(st); err != nil || seconds != 0 {
		return nil, first(err, unsupported("its CompareAndSwap takes no TTL"))
	}
	next := st.args[len(st.args)-1]
	var expected []byte
	if !absent {
		expected = st.args[1]
	}
	previous, swapped, err := raw.CompareAndSwap(ctx, st.args[0], expected, next)
	return answer{"swapped": swapped, "previous": shownOrNull(previous)}, err
}

// rawTTL does not ask a store of API V1 without TTL: it would take a real one down.
func (s *session) rawTTL(ctx context.Context, raw *rawkv.Client, st statement) (answer, error) {
	if s.api == "v1" {
		return nil, failure{"TTL_NOT_SUPPORTED", "API V1 has no TTL"}
	}
	seconds, err := raw.GetKeyTTL(ctx, st.args[0])
	if seconds == nil {
		return answer{"ttl": nil}, err
	}
	return answer{"ttl": *seconds}, err
}

// first gives the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
