package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/tikv/pd/client/clients/router"
)

// rawSplit splits through PD and waits until PD shows exactly the new borders, which the other checks then work across.
func rawSplit(ctx context.Context, j *judge) error {
	var borders [][]byte
	for c := byte('a'); c <= 'z'; c += 3 {
		borders = append(borders, []byte{'r', c})
	}
	if err := j.splitAt(ctx, borders); err != nil {
		return err
	}
	regions, err := j.pd.ScanRegions(ctx, []byte("ra"), []byte("s"), 1024)
	if err != nil {
		return err
	}
	return adjacent(regions)
}

// splitAt asks PD to split at the keys and waits until each is a border.
func (j *judge) splitAt(ctx context.Context, keys [][]byte) error {
	if _, err := j.pd.SplitRegions(ctx, keys); err != nil {
		return err
	}
	for _, key := range keys {
		err := eventually(ctx, fmt.Sprintf("PD shows a border at %q", key), func() (bool, error) {
			r, err := j.pd.GetRegion(ctx, key)
			return err == nil && r != nil && bytes.Equal(r.Meta.StartKey, key), err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// adjacent says whether each region ends where the next begins and no id comes twice.
func adjacent(regions []*router.Region) error {
	ids := map[uint64]bool{}
	for i, r := range regions {
		if ids[r.Meta.Id] {
			return wrong("region %d is listed twice", r.Meta.Id)
		}
		ids[r.Meta.Id] = true
		if i > 0 && !bytes.Equal(regions[i-1].Meta.EndKey, r.Meta.StartKey) {
			return wrong("region %d ends at %q, the next begins at %q", regions[i-1].Meta.Id, regions[i-1].Meta.EndKey, r.Meta.StartKey)
		}
	}
	return nil
}

// eventually asks again and again, for a bounded time, until the answer is yes. Errors on the way are only told at the end.
func eventually(ctx context.Context, what string, ask func() (bool, error)) error {
	var last error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline) && ctx.Err() == nil; {
		yes, err := ask()
		if yes {
			return nil
		}
		last = err
		time.Sleep(30 * time.Millisecond)
	}
	return wrong("it never came true that %s (last error: %v)", what, last)
}

// rawStaleRoutes lets another client split regions that this one has cached: each kind of command has to find its new way.
func rawStaleRoutes(ctx context.Context, j *judge) error {
	other, err := openRaw(ctx, j.settings, "")
	if err != nil {
		return err
	}
	defer other.Close()
	keys, values := numbered("rs-", 400)
	for round := range 5 {
		if err := j.raw.BatchPut(ctx, keys, values); err != nil { // warms this client's cache
			return err
		}
		at := 20 + 70*round
		if err := (&judge{pd: other.GetPDClient()}).splitAt(ctx, [][]byte{keys[at], keys[at+35]}); err != nil {
			return err
		}
		values[at] = fmt.Appendf(nil, "round %d", round)
		if err := j.raw.BatchPut(ctx, keys, values); err != nil {
			return err
		}
		got, err := j.raw.BatchGet(ctx, keys)
		if err != nil {
			return err
		}
		for i, key := range keys {
			if err := sameValue(key, got[i], values[i]); err != nil {
				return wrong("after split %d: %v", round, err)
			}
		}
		if err := j.expectRaw(ctx, keys[at], values[at]); err != nil {
			return err
		}
	}
	return j.raw.DeleteRange(ctx, []byte("rs-"), []byte("rs."))
}

// rawLeaderMoves scatters until leaders have moved and reads and writes in between.
func rawLeaderMoves(ctx context.Context, j *judge) error {
	stores, err := j.stores(ctx)
	if err != nil {
		return err
	}
	if len(stores) < 2 {
		return notServed{fmt.Sprintf("the cluster has %d store: a leader has nowhere to move", len(stores))}
	}
	key := []byte("rl-key")
	var moved int
	leader := uint64(0)
	err = eventually(ctx, "the leader moved three times", func() (bool, error) {
		r, err := j.pd.GetRegion(ctx, key)
		if err != nil || r == nil || r.Leader == nil {
			return false, err
		}
		if leader != 0 && leader != r.Leader.StoreId {
			moved++
		}
		leader = r.Leader.StoreId
		value := fmt.Appendf(nil, "led by store %d, move %d", leader, moved)
		if err := first(j.raw.Put(ctx, key, value), j.expectRaw(ctx, key, value)); err != nil {
			return false, err
		}
		_, err = j.pd.ScatterRegions(ctx, []uint64{r.Meta.Id})
		return moved >= 3, err
	})
	return first(err, j.raw.Delete(ctx, key))
}
