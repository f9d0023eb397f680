package main

import (
	"bytes"
	"context"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

func (s *service) RawGet(_ context.Context, req *kvrpcpb.RawGetRequest) (*kvrpcpb.RawGetResponse, error) {
	space, regionErr, refusal := s.admitRaw(req.Context, req.Cf)
	if refusal == nil && regionErr == nil {
		refusal = space.owns(req.Key)
	}
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawGetResponse{RegionError: regionErr, Error: text(refusal)}, nil
	}
	p, found := s.raw.get(req.Cf, req.Key)
	return &kvrpcpb.RawGetResponse{Value: p.value, NotFound: !found}, nil
}

func (s *service) RawBatchGet(_ context.Context, req *kvrpcpb.RawBatchGetRequest) (*kvrpcpb.RawBatchGetResponse, error) {
	space, regionErr, refusal := s.admitRaw(req.Context, req.Cf)
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawBatchGetResponse{RegionError: regionErr, Pairs: abortPair(refusal)}, nil
	}
	resp := &kvrpcpb.RawBatchGetResponse{}
	for _, key := range req.Keys {
		if refusal := space.owns(key); refusal != nil {
			resp.Pairs = append(resp.Pairs, abortPair(refusal)...)
		} else if p, found := s.raw.get(req.Cf, key); found {
			resp.Pairs = append(resp.Pairs, &kvrpcpb.KvPair{Key: key, Value: p.value})
		}
	}
	return resp, nil
}

func (s *service) RawPut(_ context.Context, req *kvrpcpb.RawPutRequest) (*kvrpcpb.RawPutResponse, error) {
	regionErr, refusal := s.write(req.Context, req.Cf, []*kvrpcpb.KvPair{{Key: req.Key, Value: req.Value}}, []uint64{req.Ttl})
	return &kvrpcpb.RawPutResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

func (s *service) RawBatchPut(_ context.Context, req *kvrpcpb.RawBatchPutRequest) (*kvrpcpb.RawBatchPutResponse, error) {
	regionErr, refusal := s.write(req.Context, req.Cf, req.Pairs, req.Ttls)
	return &kvrpcpb.RawBatchPutResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

// write puts all pairs or none. ttls has one entry per pair, one for all, or none.
func (s *service) write(ctx *kvrpcpb.Context, cf string, pairs []*kvrpcpb.KvPair, ttls []uint64) (*errorpb.Error, error) {
	keys := make([][]byte, len(pairs))
	size := 0
	for i, p := range pairs {
		keys[i] = p.Key
		size += len(p.Key) + len(p.Value)
	}
	if regionErr, refusal := s.admitWrite(ctx, cf, keys, size); regionErr != nil || refusal != nil {
		return regionErr, refusal
	}
	ttlOf, refusal := s.ttls(ttls, len(pairs))
	if refusal != nil {
		return nil, refusal
	}
	stored := make([]pair, len(pairs))
	for i, p := range pairs {
		stored[i] = pair{key: p.Key, value: p.Value, expires: s.raw.expiry(ttlOf(i))}
	}
	s.raw.put(cf, stored...)
	return nil, nil
}

func (s *service) RawDelete(_ context.Context, req *kvrpcpb.RawDeleteRequest) (*kvrpcpb.RawDeleteResponse, error) {
	regionErr, refusal := s.admitWrite(req.Context, req.Cf, [][]byte{req.Key}, len(req.Key))
	if regionErr == nil && refusal == nil {
		s.raw.remove(req.Cf, req.Key)
	}
	return &kvrpcpb.RawDeleteResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

func (s *service) RawBatchDelete(_ context.Context, req *kvrpcpb.RawBatchDeleteRequest) (*kvrpcpb.RawBatchDeleteResponse, error) {
	regionErr, refusal := s.admitWrite(req.Context, req.Cf, req.Keys, 0)
	if regionErr == nil && refusal == nil {
		s.raw.remove(req.Cf, req.Keys...)
	}
	return &kvrpcpb.RawBatchDeleteResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

// RawDeleteRange wants both bounds inside the region (the end may be the region's own) and start before end.
func (s *service) RawDeleteRange(_ context.Context, req *kvrpcpb.RawDeleteRangeRequest) (*kvrpcpb.RawDeleteRangeResponse, error) {
	regionErr, refusal := s.admitWrite(req.Context, req.Cf, [][]byte{req.StartKey}, len(req.StartKey))
	if regionErr == nil && refusal == nil {
		regionErr = s.removeRange(req)
	}
	return &kvrpcpb.RawDeleteRangeResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

func (s *service) removeRange(req *kvrpcpb.RawDeleteRangeRequest) *errorpb.Error {
	space, regionErr, _ := s.admitRaw(req.Context, req.Cf)
	switch {
	case regionErr != nil:
		return regionErr
	case !space.reaches(req.EndKey):
		return keyNotInRegion(space.region, req.EndKey)
	case bytes.Compare(req.StartKey, req.EndKey) >= 0:
		return &errorpb.Error{Message: "the range to delete is empty or backwards"}
	}
	s.raw.removeRange(req.Cf, req.StartKey, req.EndKey)
	return nil
}

func (s *service) RawGetKeyTTL(_ context.Context, req *kvrpcpb.RawGetKeyTTLRequest) (*kvrpcpb.RawGetKeyTTLResponse, error) {
	space, regionErr, refusal := s.admitRaw(req.Context, req.Cf)
	if refusal == nil && regionErr == nil {
		refusal = space.owns(req.Key)
	}
	if refusal == nil && !s.api.hasTTL() {
		refusal = errNoTTL
	}
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawGetKeyTTLResponse{RegionError: regionErr, Error: text(refusal)}, nil
	}
	p, found := s.raw.get(req.Cf, req.Key)
	resp := &kvrpcpb.RawGetKeyTTLResponse{NotFound: !found}
	if found && p.expires > 0 {
		resp.Ttl = uint64(max(0, p.expires-s.raw.now()))
	}
	return resp, nil
}

// RawCompareAndSwap decides by presence first: previous_not_exist never looks at previous_value, and an empty
// previous_value means a present, empty value.
func (s *service) RawCompareAndSwap(_ context.Context, req *kvrpcpb.RawCASRequest) (*kvrpcpb.RawCASResponse, error) {
	space, regionErr, refusal := s.admitRaw(req.Context, req.Cf)
	if regionErr == nil && refusal == nil && !space.holds(req.Key) {
		regionErr = keyNotInRegion(space.region, req.Key)
	}
	if refusal == nil {
		_, refusal = s.ttls([]uint64{req.Ttl}, 1)
	}
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawCASResponse{RegionError: regionErr, Error: text(refusal)}, nil
	}
	resp := &kvrpcpb.RawCASResponse{}
	s.raw.exchange(req.Cf, req.Key, func(old pair, found bool) *pair {
		resp.PreviousNotExist = !found
		if found {
			resp.PreviousValue = old.value
		}
		resp.Succeed = found != req.PreviousNotExist && (!found || bytes.Equal(old.value, req.PreviousValue))
		if !resp.Succeed {
			return nil
		}
		return &pair{key: req.Key, value: req.Value, expires: s.raw.expiry(req.Ttl)}
	})
	return resp, nil
}

func (s *service) RawChecksum(_ context.Context, req *kvrpcpb.RawChecksumRequest) (*kvrpcpb.RawChecksumResponse, error) {
	space, regionErr, refusal := s.admitRaw(req.Context, "")
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawChecksumResponse{RegionError: regionErr, Error: text(refusal)}, nil
	}
	var sum digest
	for _, r := range req.Ranges {
		if lower, upper, some := space.clip(r.StartKey, r.EndKey); some {
			s.raw.digestRange(lower, upper, &sum)
		}
	}
	return &kvrpcpb.RawChecksumResponse{Checksum: sum.xor, TotalKvs: sum.pairs, TotalBytes: sum.bytes}, nil
}

// RawCoprocessor answers as a TiKV without a plugin directory, in its words, by which clients tell the case; TiKV
// decides this before it looks at the region (coprocessor_v2/endpoint.rs).
func (s *service) RawCoprocessor(context.Context, *kvrpcpb.RawCoprocessorRequest) (*kvrpcpb.RawCoprocessorResponse, error) {
	return &kvrpcpb.RawCoprocessorResponse{Error: "Coprocessor plugin is disabled!"}, nil
}
