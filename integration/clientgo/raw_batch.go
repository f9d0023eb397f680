package main

import (
	"context"
	"fmt"
)

// numbered gives n keys in order and their values.
func numbered(prefix string, n int) (keys, values [][]byte) {
	for i := range n {
		keys = append(keys, fmt.Appendf(nil, "%s%05d", prefix, i))
		values = append(values, fmt.Appendf(nil, "value %d", i))
	}
	return keys, values
}

// rawBatch works on more keys than fit one batch, spread over the regions that raw-split made.
func rawBatch(ctx context.Context, j *judge) error {
	var keys, values [][]byte
	for _, prefix := range []string{"rb-", "re-", "rk-", "rx-"} {
		k, v := numbered(prefix, 700)
		keys, values = append(keys, k...), append(values, v...)
	}
	if err := j.raw.BatchPut(ctx, keys, values); err != nil {
		return err
	}
	asked := append([][]byte{[]byte("rb-absent"), []byte("rx-absent")}, keys...)
	want := append([][]byte{nil, nil}, values...)
	j.rnd.Shuffle(len(asked), func(a, b int) {
		asked[a], asked[b] = asked[b], asked[a]
		want[a], want[b] = want[b], want[a]
	})
	if err := j.expectBatch(ctx, asked, want); err != nil {
		return err
	}
	if err := j.raw.BatchPut(ctx, [][]byte{keys[0], keys[0]}, [][]byte{[]byte("first"), []byte("second")}); err != nil {
		return err
	}
	if err := j.expectRaw(ctx, keys[0], []byte("second")); err != nil {
		return wrong("a key twice in one batch: %v", err)
	}
	half := len(keys) / 2
	if err := j.raw.BatchDelete(ctx, keys[:half]); err != nil {
		return err
	}
	gone := append(make([][]byte, half), values[half:]...)
	return first(j.expectBatch(ctx, keys, gone), j.raw.BatchDelete(ctx, keys))
}

func (j *judge) expectBatch(ctx context.Context, keys, want [][]byte) error {
	got, err := j.raw.BatchGet(ctx, keys)
	if err != nil {
		return err
	}
	if len(got) != len(keys) {
		return wrong("batch get of %d keys gave %d values", len(keys), len(got))
	}
	for i, key := range keys {
		if err := sameValue(key, got[i], want[i]); err != nil {
			return err
		}
	}
	return nil
}
