package main

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv"
	"github.com/pingcap/tidb/pkg/util/codec"
)

// endOfKeys stands for "no upper bound" in the engine, which wants a key there. No key of a client is longer or larger.
var endOfKeys = bytes.Repeat([]byte{0xff}, 256)

// region is one region as the store holds it. It never changes; a split makes new ones.
type region struct {
	meta       *metapb.Region
	start, end []byte // the bounds in the form of the keys that requests carry; end is never empty
	latches    *latches
	sizeDiff   int64
}

var _ tikv.RegionCtx = (*region)(nil)

func newRegion(meta *metapb.Region, latches *latches) *region {
	r := &region{meta: meta, start: requestKey(meta.StartKey), end: requestKey(meta.EndKey), latches: latches}
	if len(r.end) == 0 {
		r.end = endOfKeys
	}
	return r
}

// requestKey turns a region bound into the form requests use: PD's bounds are memcomparable for transactional
// and API V2 keys and plain for API V1 raw keys. What does not decode is plain.
func requestKey(bound []byte) []byte {
	if len(bound) == 0 {
		return nil
	}
	if rest, key, err := codec.DecodeBytes(bound, nil); err == nil && len(rest) == 0 {
		return key
	}
	return bound
}

func (r *region) Meta() *metapb.Region           { return r.meta }
func (r *region) Diff() *int64                   { return &r.sizeDiff }
func (r *region) RawStart() []byte               { return r.start }
func (r *region) RawEnd() []byte                 { return r.end }
func (r *region) AcquireLatches(hashes []uint64) { r.latches.acquire(hashes) }
func (r *region) ReleaseLatches(hashes []uint64) { r.latches.release(hashes) }

// splitsAt says whether the bound (in PD's form) lies strictly inside the region.
func (r *region) splitsAt(bound []byte) bool {
	return bytes.Compare(bound, r.meta.StartKey) > 0 &&
		(len(r.meta.EndKey) == 0 || bytes.Compare(bound, r.meta.EndKey) < 0)
}

// regionMap is an immutable snapshot of all regions in key order.
type regionMap struct {
	ordered []*region
	byID    map[uint64]*region
}

func newRegionMap(ordered []*region) *regionMap {
	m := &regionMap{ordered: ordered, byID: make(map[uint64]*region, len(ordered))}
	for _, r := range ordered {
		m.byID[r.meta.Id] = r
	}
	return m
}

// position is the index of the region in key order, or -1.
func (m *regionMap) position(id uint64) int {
	return slices.IndexFunc(m.ordered, func(r *region) bool { return r.meta.Id == id })
}

// containing finds the region that owns the bound (in PD's form).
func (m *regionMap) containing(bound []byte) *region {
	i, found := slices.BinarySearchFunc(m.ordered, bound, func(r *region, b []byte) int {
		return bytes.Compare(r.meta.StartKey, b)
	})
	if !found {
		i--
	}
	return m.ordered[i]
}

// leftOf gives up to n regions to the left of position i, nearest first.
func (m *regionMap) leftOf(i, n int) []*region {
	left := slices.Clone(m.ordered[max(0, i-n):i])
	slices.Reverse(left)
	return left
}

// splitPlan says which of the bounds really cut the region: ordered, once each.
func (r *region) splitPlan(bounds [][]byte) ([][]byte, error) {
	plan := slices.Clone(bounds)
	slices.SortFunc(plan, bytes.Compare)
	plan = slices.CompactFunc(plan, bytes.Equal)
	for _, b := range plan {
		if !r.splitsAt(b) {
			return nil, fmt.Errorf("split key %x is not inside region %d [%x, %x)", b, r.meta.Id, r.meta.StartKey, r.meta.EndKey)
		}
	}
	return plan, nil
}

// identity is what PD has to allocate for each new region.
type identity struct{ region, peer uint64 }

// split cuts the region at the planned bounds. As in TiKV the new ids get the left pieces, the rightmost piece keeps
// the old id, and the version of all pieces grows by the number of cuts.
func (m *regionMap) split(old *region, plan [][]byte, ids []identity) (*regionMap, []*region) {
	epoch := &metapb.RegionEpoch{
		ConfVer: old.meta.RegionEpoch.ConfVer,
		Version: old.meta.RegionEpoch.Version + uint64(len(plan)),
	}
	storeID := old.meta.Peers[0].StoreId
	pieces := make([]*region, 0, len(plan)+1)
	start := old.meta.StartKey
	for i, bound := range plan {
		pieces = append(pieces, newRegion(&metapb.Region{
			Id: ids[i].region, StartKey: start, EndKey: bound, RegionEpoch: epoch,
			Peers: []*metapb.Peer{{Id: ids[i].peer, StoreId: storeID}},
		}, old.latches))
		start = bound
	}
	pieces = append(pieces, newRegion(&metapb.Region{
		Id: old.meta.Id, StartKey: start, EndKey: old.meta.EndKey, RegionEpoch: epoch, Peers: old.meta.Peers,
	}, old.latches))
	at := m.position(old.meta.Id)
	return newRegionMap(slices.Concat(m.ordered[:at], pieces, m.ordered[at+1:])), pieces
}
