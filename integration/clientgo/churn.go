package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"sync/atomic"
	"time"

	"github.com/tikv/pd/client/clients/router"
)

const (
	churnPause    = 60 * time.Millisecond
	maxChurnSplit = 64 // regions a churn makes at most
)

// churn splits regions of a key range and moves their leaders while a check works there.
type churn struct {
	j          *judge
	start, end []byte
	key        func(*rand.Rand) []byte // a key of the range to split at
	splits     atomic.Int64
	moves      atomic.Int64
	stop       context.CancelFunc
	done       chan error
}

// startChurn begins to disturb [start, end). With one store, or a PD that cannot scatter, no leader ever moves.
func (j *judge) startChurn(ctx context.Context, start, end []byte, key func(*rand.Rand) []byte) *churn {
	ctx, stop := context.WithCancel(ctx)
	c := &churn{j: j, start: start, end: end, key: key, stop: stop, done: make(chan error, 1)}
	rnd := rand.New(rand.NewSource(j.seed ^ 0x5eed))
	scatter := j.rpcs.missing(ctx, []string{"PD/ScatterRegion"}) == ""
	go func() { c.done <- c.run(ctx, rnd, scatter) }()
	return c
}

// finish ends the churn and gives its error, or one when it never disturbed anything.
func (c *churn) finish() error {
	c.stop()
	if err := <-c.done; err != nil {
		return fmt.Errorf("churn: %w", err)
	}
	if c.splits.Load() == 0 {
		return wrong("no region was split meanwhile")
	}
	return nil
}

func (c *churn) run(ctx context.Context, rnd *rand.Rand, scatter bool) error {
	leaders := map[uint64]uint64{}
	for ctx.Err() == nil {
		regions, err := c.regions(ctx)
		if err == nil {
			c.countMoves(leaders, regions)
			err = c.disturb(ctx, rnd, regions, scatter)
		}
		if err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(churnPause):
		}
	}
	return nil
}

func (c *churn) regions(ctx context.Context) ([]*router.Region, error) {
	return c.j.pd.ScanRegions(ctx, c.start, c.end, 1024) // BatchScanRegions is too new for the independent PD
}

func (c *churn) countMoves(leaders map[uint64]uint64, regions []*router.Region) {
	for _, r := range regions {
		if r.Leader == nil {
			continue
		}
		if before, seen := leaders[r.Meta.Id]; seen && before != r.Leader.StoreId {
			c.moves.Add(1)
		}
		leaders[r.Meta.Id] = r.Leader.StoreId
	}
}

// disturb splits at a new key or scatters a few regions.
func (c *churn) disturb(ctx context.Context, rnd *rand.Rand, regions []*router.Region, scatter bool) error {
	if c.splits.Load() < maxChurnSplit && (!scatter || rnd.Intn(2) == 0) {
		return c.split(ctx, c.key(rnd), regions)
	}
	if !scatter {
		return nil
	}
	ids := make([]uint64, 0, 4)
	for range min(4, len(regions)) {
		ids = append(ids, regions[rnd.Intn(len(regions))].Meta.Id)
	}
	_, err := c.j.pd.ScatterRegions(ctx, ids)
	return err
}

func (c *churn) split(ctx context.Context, key []byte, regions []*router.Region) error {
	for _, r := range regions {
		if bytes.Equal(r.Meta.StartKey, key) {
			return nil // is a border already
		}
	}
	resp, err := c.j.pd.SplitRegions(ctx, [][]byte{key})
	if err != nil {
		return err
	}
	if resp.GetFinishedPercentage() == 100 {
		c.splits.Add(1)
	}
	return nil
}
