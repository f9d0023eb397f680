package main

import (
	"context"
	"errors"
	"log"
	"time"

	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/pingcap/kvproto/pkg/pdpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/pd"
)

const (
	storeVersion    = "8.1.0" // what the PD of this cluster calls itself; PD refuses stores that are too old
	storeBeat       = 3 * time.Second
	regionBeatEvery = 10 // store heartbeats
)

// joinCluster makes this process the one store of a PD that has not seen any store yet.
func joinCluster(ctx context.Context, client pd.Client, addr string) (*store, error) {
	bootstrapped, err := client.IsBootstrapped(ctx)
	if err != nil {
		return nil, err
	}
	if bootstrapped {
		return nil, errors.New("PD already has a store; this one keeps nothing between runs and needs a fresh PD")
	}
	storeID, err := client.AllocID(ctx)
	if err != nil {
		return nil, err
	}
	s := &store{
		pd: client, latches: newLatches(),
		meta: &metapb.Store{
			Id: storeID, Address: addr, Version: storeVersion, State: metapb.StoreState_Up, StartTimestamp: time.Now().Unix(),
		},
	}
	ids, err := s.allocate(ctx, 1)
	if err != nil {
		return nil, err
	}
	whole := newRegion(&metapb.Region{
		Id: ids[0].region, RegionEpoch: &metapb.RegionEpoch{ConfVer: 1, Version: 1},
		Peers: []*metapb.Peer{{Id: ids[0].peer, StoreId: storeID}},
	}, s.latches)
	if _, err := client.Bootstrap(ctx, s.meta, whole.meta); err != nil {
		return nil, err
	}
	if err := client.PutStore(ctx, s.meta); err != nil {
		return nil, err
	}
	s.regions.Store(newRegionMap([]*region{whole}))
	client.SetRegionHeartbeatResponseHandler(s.obey)
	s.report(whole)
	return s, nil
}

// obey carries out what PD asks for in its answers to region heartbeats: splits at given keys. With one store
// there is nowhere to move a leader or a peer to.
func (s *store) obey(order *pdpb.RegionHeartbeatResponse) {
	if split := order.GetSplitRegion(); split != nil && split.Policy == pdpb.CheckPolicy_USEKEY {
		// In its own goroutine: reporting the pieces waits for the stream that delivered this order.
		go func() {
			if _, err := s.splitAt(context.Background(), order.RegionId, split.Keys); err != nil {
				log.Printf("PD asked to split region %d: %v", order.RegionId, err)
			}
		}()
	}
}

// report sends one region heartbeat. Sizes are made up: PD does not schedule by them with one store.
func (s *store) report(r *region) {
	s.pd.ReportRegion(&pdpb.RegionHeartbeatRequest{
		Region: r.meta, Leader: r.meta.Peers[0], Term: 6, ApproximateSize: 10, ApproximateKeys: 1000,
	})
}

// beat keeps the store up in PD's eyes until the context ends.
func (s *store) beat(ctx context.Context) {
	tick := time.NewTicker(storeBeat)
	defer tick.Stop()
	for n := 0; ; n++ {
		regions := s.regions.Load().ordered
		err := s.pd.StoreHeartbeat(ctx, &pdpb.StoreStats{
			StoreId: s.meta.Id, RegionCount: uint32(len(regions)), StartTime: uint32(s.meta.StartTimestamp),
			Capacity: 64 << 30, Available: 60 << 30,
		})
		if err != nil && ctx.Err() == nil {
			log.Printf("store heartbeat: %v", err)
		}
		if n%regionBeatEvery == 0 {
			for _, r := range regions {
				s.report(r)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
