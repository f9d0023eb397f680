package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/pd"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv"
	"github.com/pingcap/tidb/pkg/util/codec"
)

// store is the only store of the cluster: its identity and its regions, all of which it leads.
type store struct {
	meta    *metapb.Store
	pd      pd.Client
	latches *latches
	regions atomic.Pointer[regionMap] // readers take a snapshot; only splitAt replaces it
	splits  sync.Mutex
}

var _ tikv.RegionManager = (*store)(nil)

// splitAt cuts one region at the bounds (in PD's form) and reports all pieces to PD. Nothing is done when some bound
// is not strictly inside the region.
func (s *store) splitAt(ctx context.Context, regionID uint64, bounds [][]byte) ([]*region, error) {
	s.splits.Lock()
	defer s.splits.Unlock()
	regions := s.regions.Load()
	old := regions.byID[regionID]
	if old == nil {
		return nil, fmt.Errorf("region %d is not here", regionID)
	}
	plan, err := old.splitPlan(bounds)
	if err != nil {
		return nil, err
	}
	ids, err := s.allocate(ctx, len(plan))
	if err != nil {
		return nil, err
	}
	after, pieces := regions.split(old, plan, ids)
	s.regions.Store(after)
	// Right to left: the piece whose id PD already knows shrinks before its new neighbours appear.
	for i := len(pieces) - 1; i >= 0; i-- {
		s.report(pieces[i])
	}
	return pieces, nil
}

func (s *store) allocate(ctx context.Context, n int) ([]identity, error) {
	ids := make([]identity, n)
	for i := range ids {
		var err error
		if ids[i].region, err = s.pd.AllocID(ctx); err != nil {
			return nil, err
		}
		if ids[i].peer, err = s.pd.AllocID(ctx); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// SplitRegion serves the RPC of that name. Raw keys of API V1 are bounds as they are, all others are encoded.
func (s *store) SplitRegion(req *kvrpcpb.SplitRegionRequest) *kvrpcpb.SplitRegionResponse {
	if _, regionErr := s.route(req.Context); regionErr != nil {
		return &kvrpcpb.SplitRegionResponse{RegionError: regionErr}
	}
	bounds := make([][]byte, 0, len(req.SplitKeys))
	for _, key := range req.SplitKeys {
		if req.IsRawKv && req.Context.GetApiVersion() != kvrpcpb.APIVersion_V2 {
			bounds = append(bounds, key)
		} else {
			bounds = append(bounds, codec.EncodeBytes(nil, key))
		}
	}
	pieces, err := s.splitAt(context.Background(), req.Context.RegionId, bounds)
	if err != nil {
		return &kvrpcpb.SplitRegionResponse{RegionError: &errorpb.Error{Message: err.Error()}}
	}
	resp := &kvrpcpb.SplitRegionResponse{}
	for _, p := range pieces {
		resp.Regions = append(resp.Regions, p.meta)
	}
	if len(pieces) == 2 {
		resp.Left, resp.Right = pieces[0].meta, pieces[1].meta
	}
	return resp
}

func (s *store) GetRegionFromCtx(ctx *kvrpcpb.Context) (tikv.RegionCtx, *errorpb.Error) {
	r, regionErr := s.route(ctx)
	if regionErr != nil {
		return nil, regionErr
	}
	return r, nil
}

func (s *store) GetStoreInfoFromCtx(*kvrpcpb.Context) (string, uint64, *errorpb.Error) {
	return s.meta.Address, s.meta.Id, nil
}

func (s *store) GetStoreIDByAddr(addr string) (uint64, error) {
	if addr != s.meta.Address {
		return 0, errors.New("no store at " + addr)
	}
	return s.meta.Id, nil
}

func (s *store) GetStoreAddrByStoreID(id uint64) (string, error) {
	if id != s.meta.Id {
		return "", fmt.Errorf("no store %d", id)
	}
	return s.meta.Address, nil
}

// Close has nothing to give back: the PD client belongs to main.
func (s *store) Close() error { return nil }
