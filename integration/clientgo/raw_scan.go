package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/tikv/client-go/v2/rawkv"
)

// scanField writes pairs across several regions, with borders on keys, between keys and in a gap.
func (j *judge) scanField(ctx context.Context, prefix string) (*model, error) {
	m := newModel()
	for _, c := range []string{"a", "d", "e", "m"} {
		keys, values := numbered(prefix+c, 60)
		for i, key := range keys {
			m.put(key, values[i])
		}
	}
	m.put([]byte(prefix+"d00030\x00"), []byte{}) // right behind another key, with an empty value
	if err := j.raw.BatchPut(ctx, m.keys(), m.values()); err != nil {
		return nil, err
	}
	return m, j.splitAt(ctx, [][]byte{
		[]byte(prefix + "a00030"), []byte(prefix + "c"), []byte(prefix + "d00030\x00"), []byte(prefix + "e00059\x01"),
	})
}

// bounds are interesting places inside the field.
func bounds(prefix string) [][]byte {
	var all [][]byte
	for _, b := range []string{
		"", "a", "a00000", "a00029", "a00030", "a00030\x00", "b", "c", "d00029\xff", "d00030", "d00030\x00", "d00030\x00\x00",
		"e00059", "e00059\x01", "f", "m00000", "m00059", "z",
	} {
		all = append(all, []byte(prefix+b))
	}
	return all
}

func rawScanForward(ctx context.Context, j *judge) error {
	const prefix = "rf-"
	m, err := j.scanField(ctx, prefix)
	if err != nil {
		return err
	}
	for _, lower := range bounds(prefix) {
		for _, upper := range bounds(prefix) {
			for _, limit := range []int{1, 45, 1000} {
				keys, values, err := j.raw.Scan(ctx, lower, upper, limit)
				if err := first(err, m.expect(keys, values, m.between(lower, upper), limit)); err != nil {
					return wrong("scan [%q, %q) limit %d: %v", lower, upper, limit, err)
				}
			}
		}
	}
	if err := j.keyOnly(ctx, m, prefix); err != nil {
		return err
	}
	if _, _, err := j.raw.Scan(ctx, []byte(prefix), nil, rawkv.MaxRawKVScanLimit+1); err == nil {
		return wrong("a limit above the maximum was accepted")
	}
	return j.raw.DeleteRange(ctx, []byte(prefix), []byte("rf."))
}

func (j *judge) keyOnly(ctx context.Context, m *model, prefix string) error {
	keys, values, err := j.raw.Scan(ctx, []byte(prefix), []byte(prefix+"z"), 1000, rawkv.ScanKeyOnly())
	if err != nil {
		return err
	}
	for i, v := range values {
		if len(v) > 0 {
			return wrong("key-only scan gave %q a value", keys[i])
		}
	}
	if !slices.EqualFunc(keys, m.keys(), bytes.Equal) {
		return wrong("key-only scan gave %d keys of %d", len(keys), len(m.keys()))
	}
	return nil
}

// rawScanBackward reads from an exclusive upper bound down to an inclusive lower one.
func rawScanBackward(ctx context.Context, j *judge) error {
	const prefix = "rn-"
	m, err := j.scanField(ctx, prefix)
	if err != nil {
		return err
	}
	for _, upper := range bounds(prefix) {
		for _, lower := range bounds(prefix) {
			for _, limit := range []int{1, 45, 1000} {
				keys, values, err := j.raw.ReverseScan(ctx, upper, lower, limit)
				want := m.between(lower, upper)
				slices.Reverse(want)
				if err := first(err, m.expect(keys, values, want, limit)); err != nil {
					return wrong("reverse scan from %q to %q limit %d: %v", upper, lower, limit, err)
				}
			}
		}
	}
	return j.raw.DeleteRange(ctx, []byte(prefix), []byte("rn."))
}

func rawDeleteRange(ctx context.Context, j *judge) error {
	const prefix = "rq-"
	m, err := j.scanField(ctx, prefix)
	if err != nil {
		return err
	}
	for _, cut := range [][2]string{{"a00010", "a00020"}, {"a00055", "d00031"}, {"e", "e"}, {"m00059", "z"}} {
		lower, upper := []byte(prefix+cut[0]), []byte(prefix+cut[1])
		if err := j.raw.DeleteRange(ctx, lower, upper); err != nil {
			return fmt.Errorf("delete range [%q, %q): %w", lower, upper, err)
		}
		for _, key := range m.between(lower, upper) {
			m.remove(key)
		}
		keys, values, err := j.raw.Scan(ctx, []byte(prefix), []byte("rq."), 1000)
		if err := first(err, m.expect(keys, values, m.keys(), 1000)); err != nil {
			return wrong("after delete range [%q, %q): %v", lower, upper, err)
		}
	}
	return j.raw.DeleteRange(ctx, []byte(prefix), []byte("rq."))
}
