package main

import (
	"bytes"
	"context"
	"time"

	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/pingcap/kvproto/pkg/pdpb"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/pd/client/opt"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// rawHealth asks as client-go does when it wonders whether a store is there.
func rawHealth(ctx context.Context, j *judge) error {
	answer, err := grpc_health_v1.NewHealthClient(j.rpcs.conns[0]).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	if err != nil {
		return err
	}
	if answer.Status != grpc_health_v1.HealthCheckResponse_SERVING {
		return wrong("a store that serves says %v", answer.Status)
	}
	return nil
}

// rawBuckets reports buckets as a store does and lets client-go's region cache find them.
func rawBuckets(ctx context.Context, j *judge) error {
	if err := j.splitAt(ctx, [][]byte{[]byte("rk"), []byte("rk~")}); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // a store's stream of reports has no end of its own
	reports, err := pdpb.NewPDClient(j.rpcs.conns[1]).ReportBuckets(ctx)
	if err != nil {
		return err
	}
	for i, cuts := range [][]string{{"rk3", "rk6"}, {"rk2"}} {
		version := uint64(i + 1)
		if err := j.reportBuckets(ctx, reports, version, cuts); err != nil {
			return err
		}
		if err := first(j.awaitBuckets(ctx, version), j.expectBuckets(ctx, version, cuts)); err != nil {
			return err
		}
	}
	return nil
}

func (j *judge) reportBuckets(ctx context.Context, to pdpb.PD_ReportBucketsClient, version uint64, cuts []string) error {
	r, err := j.pd.GetRegion(ctx, []byte("rk"))
	if err != nil {
		return err
	}
	buckets := &metapb.Buckets{RegionId: r.Meta.Id, Version: version}
	for _, cut := range append(append([]string{"rk"}, cuts...), "rk~") {
		buckets.Keys = append(buckets.Keys, j.regionKey([]byte(cut)))
	}
	idle := make([]uint64, len(buckets.Keys)-1)
	buckets.PeriodInMs = 10_000 // without figures of their traffic a PD of 8.1 ends
	buckets.Stats = &metapb.BucketStats{
		ReadBytes: idle, ReadKeys: idle, ReadQps: idle, WriteBytes: idle, WriteKeys: idle, WriteQps: idle,
	}
	return to.Send(&pdpb.ReportBucketsRequest{
		Header:      &pdpb.RequestHeader{ClusterId: j.rpcs.clusterID},
		RegionEpoch: r.Meta.RegionEpoch,
		Buckets:     buckets,
	})
}

func (j *judge) awaitBuckets(ctx context.Context, version uint64) error {
	var seen *metapb.Buckets
	for deadline := time.Now().Add(3 * time.Second); time.Now().Before(deadline) && seen.GetVersion() != version; {
		r, err := j.pd.GetRegion(ctx, []byte("rk4"), opt.WithBuckets())
		if err != nil {
			return err
		}
		seen = r.Buckets
		time.Sleep(20 * time.Millisecond)
	}
	switch {
	case seen.GetVersion() == version:
		return nil
	case seen == nil && version == 1:
		return notServed{"PD keeps buckets only where stores say that they make them"}
	}
	return wrong("PD shows buckets of version %d, not %d", seen.GetVersion(), version)
}

// regionKey is a user key as PD and the borders of regions have it.
func (j *judge) regionKey(key []byte) []byte {
	if codec, ok := j.pd.(*tikv.CodecPDClient); ok {
		return codec.GetCodec().EncodeRegionKey(key)
	}
	return key
}

// expectBuckets looks with a region cache that knows nothing yet.
func (j *judge) expectBuckets(ctx context.Context, version uint64, cuts []string) error {
	cache := tikv.NewRegionCache(j.pd)
	defer cache.Close()
	bo := tikv.NewBackoffer(ctx, 20_000)
	borders := append(append([]string{"rk"}, cuts...), "rk~")
	for i := 0; i+1 < len(borders); i++ {
		key := []byte(borders[i] + "!")
		loc, err := cache.LocateKey(bo, key)
		if err != nil {
			return err
		}
		if loc.GetBucketVersion() != version {
			return wrong("buckets of version %d where %d were reported", loc.GetBucketVersion(), version)
		}
		bucket := loc.LocateBucket(key)
		if bucket == nil || !bytes.Equal(bucket.StartKey, []byte(borders[i])) || !bytes.Equal(bucket.EndKey, []byte(borders[i+1])) {
			return wrong("%q lies in bucket %v, not between %q and %q", key, bucket, borders[i], borders[i+1])
		}
	}
	return nil
}
