package main

import (
	"bytes"
	"context"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

// RawScan answers from one region. Forward the start must not lie before the region; backward the start is the upper
// bound and may be the region's own end. The far bound is cut to the region silently.
func (s *service) RawScan(_ context.Context, req *kvrpcpb.RawScanRequest) (*kvrpcpb.RawScanResponse, error) {
	space, regionErr, refusal := s.admitReader(req.Context, req.Cf, s.rawRange(req.StartKey, req.EndKey))
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawScanResponse{RegionError: regionErr, Kvs: abortPair(refusal)}, nil
	}
	if space.before(req.StartKey) || req.Reverse && !space.reaches(req.StartKey) {
		return &kvrpcpb.RawScanResponse{RegionError: space.notHere(req.StartKey)}, nil
	}
	return &kvrpcpb.RawScanResponse{Kvs: s.scan(space, req.Cf, scanPart{
		start: req.StartKey, end: req.EndKey, limit: req.Limit, reverse: req.Reverse, keyOnly: req.KeyOnly,
	})}, nil
}

// RawBatchScan scans each range by itself and lines the results up. A range without end ends where the next starts.
func (s *service) RawBatchScan(_ context.Context, req *kvrpcpb.RawBatchScanRequest) (*kvrpcpb.RawBatchScanResponse, error) {
	space, regionErr, refusal := s.admitReader(req.Context, req.Cf, s.rawRanges(req.Ranges))
	if regionErr == nil && refusal == nil {
		refusal = checkRanges(req.Ranges, req.Reverse)
	}
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawBatchScanResponse{RegionError: regionErr, Kvs: abortPair(refusal)}, nil
	}
	resp := &kvrpcpb.RawBatchScanResponse{}
	for i, r := range req.Ranges {
		end := r.EndKey
		if len(end) == 0 && i+1 < len(req.Ranges) {
			end = req.Ranges[i+1].StartKey
		}
		resp.Kvs = append(resp.Kvs, s.scan(space, req.Cf, scanPart{
			start: r.StartKey, end: end, limit: req.EachLimit, reverse: req.Reverse, keyOnly: req.KeyOnly,
		})...)
	}
	return resp, nil
}

func checkRanges(ranges []*kvrpcpb.KeyRange, reverse bool) error {
	for _, r := range ranges {
		lower, upper := r.StartKey, r.EndKey
		if reverse {
			lower, upper = upper, lower
		}
		if len(r.EndKey) > 0 && bytes.Compare(lower, upper) >= 0 {
			return errBadRanges
		}
	}
	return nil
}

type scanPart struct {
	start, end       []byte // backward, start is the exclusive upper bound and end the inclusive lower one
	limit            uint32
	reverse, keyOnly bool
}

func (s *service) scan(space rawSpace, cf string, part scanPart) []*kvrpcpb.KvPair {
	lower, upper := part.start, part.end
	if part.reverse {
		if len(part.start) == 0 {
			return nil // the empty key is the smallest: nothing lies below it
		}
		lower, upper = upper, lower
	}
	lower, upper, some := space.clip(lower, upper)
	if !some || part.limit == 0 {
		return nil
	}
	var found []*kvrpcpb.KvPair
	s.raw.walk(cf, lower, upper, part.reverse, func(p pair) bool {
		out := &kvrpcpb.KvPair{Key: p.key}
		if !part.keyOnly {
			out.Value = p.value
		}
		found = append(found, out)
		return uint32(len(found)) < part.limit
	})
	return found
}
