package main

import (
	"bytes"
	"testing"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/pingcap/tidb/pkg/util/codec"
)

func wholeMap() *regionMap {
	return newRegionMap([]*region{newRegion(&metapb.Region{
		Id: 1, RegionEpoch: &metapb.RegionEpoch{ConfVer: 1, Version: 1}, Peers: []*metapb.Peer{{Id: 2, StoreId: 9}},
	}, newLatches())})
}

// splitAll cuts the region with the id at the bounds, with ids from 100 on.
func splitAll(t *testing.T, m *regionMap, id uint64, bounds ...string) *regionMap {
	t.Helper()
	var keys [][]byte
	var ids []identity
	for i, b := range bounds {
		keys = append(keys, []byte(b))
		ids = append(ids, identity{uint64(100 + len(m.ordered)*10 + 2*i), uint64(101 + len(m.ordered)*10 + 2*i)})
	}
	plan, err := m.byID[id].splitPlan(keys)
	if err != nil {
		t.Fatal(err)
	}
	after, _ := m.split(m.byID[id], plan, ids)
	return after
}

func TestSplitKeepsTheOldIDOnTheRight(t *testing.T) {
	m := splitAll(t, wholeMap(), 1, "m", "d", "m")
	if len(m.ordered) != 3 {
		t.Fatalf("%d regions", len(m.ordered))
	}
	for i, want := range []struct{ start, end string }{{"", "d"}, {"d", "m"}, {"m", ""}} {
		meta := m.ordered[i].meta
		if string(meta.StartKey) != want.start || string(meta.EndKey) != want.end || meta.RegionEpoch.Version != 3 {
			t.Errorf("region %d is %v", i, meta)
		}
	}
	if m.ordered[2].meta.Id != 1 || m.ordered[0].meta.Id == 1 || m.ordered[2].meta.Peers[0].Id != 2 {
		t.Errorf("ids: %v", m.ordered)
	}
}

func TestSplitOutsideOfTheRegionIsRefused(t *testing.T) {
	m := splitAll(t, wholeMap(), 1, "m")
	for _, bound := range []string{"", "a", "m"} {
		if _, err := m.byID[1].splitPlan([][]byte{[]byte(bound)}); err == nil {
			t.Errorf("split at %q was planned", bound)
		}
	}
}

func TestBoundsOfTransactionalKeysAreDecodedForTheEngine(t *testing.T) {
	encoded := codec.EncodeBytes(nil, []byte("key"))
	r := newRegion(&metapb.Region{Id: 1, StartKey: encoded}, newLatches())
	if string(r.RawStart()) != "key" || !bytes.Equal(r.RawEnd(), endOfKeys) {
		t.Errorf("[%q, %q)", r.RawStart(), r.RawEnd())
	}
	if raw := newRegion(&metapb.Region{Id: 1, StartKey: []byte("raw")}, newLatches()); string(raw.RawStart()) != "raw" {
		t.Errorf("%q", raw.RawStart())
	}
}

func routed(m *regionMap) *store {
	s := &store{meta: &metapb.Store{Id: 9}}
	s.regions.Store(m)
	return s
}

func asked(region, peer, store, confVer, version uint64) *kvrpcpb.Context {
	return &kvrpcpb.Context{
		RegionId: region, Peer: &metapb.Peer{Id: peer, StoreId: store},
		RegionEpoch: &metapb.RegionEpoch{ConfVer: confVer, Version: version},
	}
}

func TestRouteChecksStoreThenRegionThenPeerThenVersion(t *testing.T) {
	s := routed(splitAll(t, wholeMap(), 1, "d", "m"))
	if _, e := s.route(asked(77, 77, 77, 0, 0)); e.GetStoreNotMatch() == nil {
		t.Errorf("store: %v", e)
	}
	if _, e := s.route(&kvrpcpb.Context{RegionId: 1}); e.GetStoreNotMatch() == nil {
		t.Errorf("no peer: %v", e)
	}
	if _, e := s.route(asked(77, 77, 9, 0, 0)); e.GetRegionNotFound() == nil {
		t.Errorf("region: %v", e)
	}
	if _, e := s.route(asked(1, 77, 9, 0, 0)); e.GetMismatchPeerId() == nil {
		t.Errorf("peer: %v", e)
	}
	if r, e := s.route(asked(1, 2, 9, 55, 3)); e != nil || r.meta.Id != 1 {
		t.Errorf("a changed conf_ver alone: %v", e)
	}
}

func TestAnOldVersionIsToldTheRegionsSplitOffToTheLeft(t *testing.T) {
	s := routed(splitAll(t, splitAll(t, wholeMap(), 1, "d"), 1, "m"))
	for version, want := range map[uint64]int{1: 3, 2: 2, 9: 1} {
		_, e := s.route(asked(1, 2, 9, 1, version))
		current := e.GetEpochNotMatch().GetCurrentRegions()
		if len(current) != want || current[0].Id != 1 {
			t.Errorf("version %d: %v", version, current)
		}
		if want == 3 && string(current[1].StartKey) != "d" {
			t.Errorf("not the nearest first: %v", current)
		}
	}
}
