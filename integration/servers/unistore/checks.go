package main

import (
	"bytes"
	"fmt"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/metapb"
)

// maxSiblings bounds the regions that an epoch_not_match tells the client about, as in TiKV.
const maxSiblings = 10

// route checks a request's Context in TiKV's order: store, region, peer, epoch. Only the version part of the
// epoch counts for reads and writes; a changed conf_ver alone is served.
func (s *store) route(ctx *kvrpcpb.Context) (*region, *errorpb.Error) {
	peer := ctx.GetPeer()
	if peer.GetStoreId() != s.meta.Id {
		return nil, &errorpb.Error{
			Message:       fmt.Sprintf("request for store %d reached store %d", peer.GetStoreId(), s.meta.Id),
			StoreNotMatch: &errorpb.StoreNotMatch{RequestStoreId: peer.GetStoreId(), ActualStoreId: s.meta.Id},
		}
	}
	regions := s.regions.Load()
	r := regions.byID[ctx.GetRegionId()]
	if r == nil {
		return nil, &errorpb.Error{
			Message:        fmt.Sprintf("region %d is not here", ctx.GetRegionId()),
			RegionNotFound: &errorpb.RegionNotFound{RegionId: ctx.GetRegionId()},
		}
	}
	if mine := r.meta.Peers[0].Id; peer.GetId() != mine {
		return nil, &errorpb.Error{
			Message:        fmt.Sprintf("peer %d asked for, peer %d is here", peer.GetId(), mine),
			MismatchPeerId: &errorpb.MismatchPeerId{RequestPeerId: peer.GetId(), StorePeerId: mine},
		}
	}
	if asked := ctx.GetRegionEpoch().GetVersion(); asked != r.meta.RegionEpoch.Version {
		return nil, epochNotMatch(regions, r, asked)
	}
	return r, nil
}

// epochNotMatch tells a client with an old version about the current region and those split off to its left since.
func epochNotMatch(regions *regionMap, r *region, asked uint64) *errorpb.Error {
	current := []*metapb.Region{r.meta}
	if asked < r.meta.RegionEpoch.Version {
		behind := int(min(maxSiblings, r.meta.RegionEpoch.Version-asked))
		for _, left := range regions.leftOf(regions.position(r.meta.Id), behind) {
			current = append(current, left.meta)
		}
	}
	return &errorpb.Error{
		Message:       fmt.Sprintf("region %d is at version %d, not %d", r.meta.Id, r.meta.RegionEpoch.Version, asked),
		EpochNotMatch: &errorpb.EpochNotMatch{CurrentRegions: current},
	}
}

// contains says whether the region owns the key, given in the form of the region's bounds.
func contains(start, end, key []byte) bool {
	return bytes.Compare(key, start) >= 0 && (len(end) == 0 || bytes.Compare(key, end) < 0)
}

func keyNotInRegion(r *region, key []byte) *errorpb.Error {
	return &errorpb.Error{
		Message: fmt.Sprintf("key %x is outside of region %d", key, r.meta.Id),
		KeyNotInRegion: &errorpb.KeyNotInRegion{
			Key: key, RegionId: r.meta.Id, StartKey: r.meta.StartKey, EndKey: r.meta.EndKey,
		},
	}
}
