package main

import (
	"bytes"
	"context"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

func (s *service) RawGet(_ context.Context, req *kvrpcpb.RawGetRequest) (*kvrpcpb.RawGetResponse, error) {
	_, regionErr, refusal := s.admitRead(req.Context, req.Cf, req.Key)
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawGetResponse{RegionError: regionErr, Error: text(refusal)}, nil
	}
	p, found := s.raw.get(req.Cf, req.Key)
	return &kvrpcpb.RawGetResponse{Value: p.value, NotFound: !found}, nil
}

// admitRead admits a command that reads one key.
func (s *service) admitRead(ctx *kvrpcpb.Context, cf string, key []byte, rules ...rule) (rawSpace, *errorpb.Error, error) {
	space, regionErr, refusal := s.admitReader(ctx, cf, append(rules, s.rawKeys(key))...)
	if regionErr == nil && refusal == nil {
		regionErr, refusal = space.owns(key)
	}
	return space, regionErr, refusal
}

// RawBatchGet answers a foreign key by a pair with an error beside the good ones.
func (s *service) RawBatchGet(_ context.Context, req *kvrpcpb.RawBatchGetRequest) (*kvrpcpb.RawBatchGetResponse, error) {
	space, regionErr, refusal := s.admitReader(req.Context, req.Cf, s.rawKeys(req.Keys...))
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawBatchGetResponse{RegionError: regionErr, Pairs: abortPair(refusal)}, nil
	}
	resp := &kvrpcpb.RawBatchGetResponse{}
	for _, key := range req.Keys {
		if !space.holds(key) {
			resp.Pairs = append(resp.Pairs, abortPair(space.outside(key))...)
		} else if p, found := s.raw.get(req.Cf, key); found {
			resp.Pairs = append(resp.Pairs, &kvrpcpb.KvPair{Key: key, Value: p.value})
		}
	}
	return resp, nil
}

func (s *service) RawPut(_ context.Context, req *kvrpcpb.RawPutRequest) (*kvrpcpb.RawPutResponse, error) {
	keys, pairs, ttls := [][]byte{req.Key}, []*kvrpcpb.KvPair{{Key: req.Key, Value: req.Value}}, []uint64{req.Ttl}
	regionErr, refusal := s.write(req.Context, req.Cf, keys, pairs, ttls,
		keySizes(req.ForCas, req.Key), s.ttlsFit(ttls, 1), s.family(req.Cf))
	return &kvrpcpb.RawPutResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

func (s *service) RawBatchPut(_ context.Context, req *kvrpcpb.RawBatchPutRequest) (*kvrpcpb.RawBatchPutResponse, error) {
	keys := make([][]byte, len(req.Pairs))
	for i, p := range req.Pairs {
		keys[i] = p.Key
	}
	pairs := req.Pairs
	if len(req.Ttls) > 1 { // TiKV lines pairs and TTLs up and forgets what has no partner
		pairs = pairs[:min(len(pairs), len(req.Ttls))]
	}
	regionErr, refusal := s.write(req.Context, req.Cf, keys, pairs, req.Ttls,
		s.family(req.Cf), keySizes(req.ForCas, keys...), s.ttlsFit(req.Ttls, len(keys)), someKey(req.ForCas, len(keys)))
	return &kvrpcpb.RawBatchPutResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

// write puts all pairs or none. ttls has one entry per pair, one for all, or none.
func (s *service) write(ctx *kvrpcpb.Context, cf string, keys [][]byte, pairs []*kvrpcpb.KvPair, ttls []uint64, rules ...rule) (*errorpb.Error, error) {
	size := 0
	for _, p := range pairs {
		size += len(p.Key) + len(p.Value)
	}
	regionErr, refusal := s.admitWrite(ctx, keys, size, rules...)
	if regionErr != nil || refusal != nil {
		return regionErr, refusal
	}
	stored := make([]pair, len(pairs))
	for i, p := range pairs {
		stored[i] = pair{key: p.Key, value: p.Value, expires: s.raw.expiry(ttlOf(ttls, i))}
	}
	s.raw.put(cf, stored...)
	return nil, nil
}

func (s *service) RawDelete(_ context.Context, req *kvrpcpb.RawDeleteRequest) (*kvrpcpb.RawDeleteResponse, error) {
	regionErr, refusal := s.admitWrite(req.Context, [][]byte{req.Key}, len(req.Key), keySizes(req.ForCas, req.Key), s.family(req.Cf))
	if regionErr == nil && refusal == nil {
		s.raw.remove(req.Cf, req.Key)
	}
	return &kvrpcpb.RawDeleteResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

func (s *service) RawBatchDelete(_ context.Context, req *kvrpcpb.RawBatchDeleteRequest) (*kvrpcpb.RawBatchDeleteResponse, error) {
	regionErr, refusal := s.admitWrite(req.Context, req.Keys, 0,
		s.family(req.Cf), keySizes(req.ForCas, req.Keys...), someKey(req.ForCas, len(req.Keys)))
	if regionErr == nil && refusal == nil {
		s.raw.remove(req.Cf, req.Keys...)
	}
	return &kvrpcpb.RawBatchDeleteResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

func (s *service) RawDeleteRange(_ context.Context, req *kvrpcpb.RawDeleteRangeRequest) (*kvrpcpb.RawDeleteRangeResponse, error) {
	space, regionErr, refusal := s.admitRaw(req.Context, keySizes(false, req.StartKey, req.EndKey),
		s.apiVersion(req.Context), s.rawRange(req.StartKey, req.EndKey), s.family(req.Cf))
	if regionErr == nil && refusal == nil {
		regionErr = space.deletable(req.StartKey, req.EndKey)
	}
	if regionErr == nil && refusal == nil {
		s.raw.removeRange(req.Cf, req.StartKey, req.EndKey)
	}
	return &kvrpcpb.RawDeleteRangeResponse{RegionError: regionErr, Error: text(refusal)}, nil
}

// deletable wants start before end and both inside the region; the end may be the region's own, and empty only where
// the region's is.
func (p rawSpace) deletable(start, end []byte) *errorpb.Error {
	switch {
	case len(end) > 0 && bytes.Compare(start, end) >= 0:
		return &errorpb.Error{Message: "the range to delete is empty or backwards"}
	case !p.holds(start):
		return p.notHere(start)
	case len(end) == 0 && len(p.end) > 0 || len(end) > 0 && !p.reaches(end):
		return p.notHere(end)
	}
	return nil
}

func (s *service) RawGetKeyTTL(_ context.Context, req *kvrpcpb.RawGetKeyTTLRequest) (*kvrpcpb.RawGetKeyTTLResponse, error) {
	_, regionErr, refusal := s.admitRead(req.Context, req.Cf, req.Key, s.ttlStore)
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawGetKeyTTLResponse{RegionError: regionErr, Error: text(refusal)}, nil
	}
	p, found := s.raw.get(req.Cf, req.Key)
	resp := &kvrpcpb.RawGetKeyTTLResponse{NotFound: !found}
	if p.expires > 0 {
		resp.Ttl = p.expires - s.raw.now()
	}
	return resp, nil
}

// RawCompareAndSwap decides by presence first: previous_not_exist never looks at previous_value, and an empty
// previous_value means a present, empty value. Its key's size is not checked.
func (s *service) RawCompareAndSwap(_ context.Context, req *kvrpcpb.RawCASRequest) (*kvrpcpb.RawCASResponse, error) {
	space, regionErr, refusal := s.admitRaw(req.Context, s.apiVersion(req.Context), s.rawKeys(req.Key), s.family(req.Cf),
		s.ttlsFit([]uint64{req.Ttl}, 1))
	if regionErr == nil && refusal == nil {
		regionErr, refusal = space.owns(req.Key)
	}
	if regionErr == nil && refusal == nil {
		regionErr = space.entry(len(req.Key) + len(req.Value))
	}
	if regionErr != nil || refusal != nil {
		return &kvrpcpb.RawCASResponse{RegionError: regionErr, Error: text(refusal)}, nil
	}
	resp := &kvrpcpb.RawCASResponse{}
	s.raw.exchange(req.Cf, req.Key, func(old pair, found bool) change {
		resp.PreviousNotExist, resp.PreviousValue = !found, old.value
		resp.Succeed = found != req.PreviousNotExist && (!found || bytes.Equal(old.value, req.PreviousValue))
		switch {
		case !resp.Succeed:
			return change{}
		case deletes(req):
			return change{remove: true}
		}
		return change{put: &pair{key: req.Key, value: req.Value, expires: s.raw.expiry(req.Ttl)}}
	})
	return resp, nil
}

// deletes reads RawCASRequest.delete, which is younger than the protocol that TiDB's engine is built with: the decoder
// keeps it among the fields it does not know.
func deletes(req *kvrpcpb.RawCASRequest) bool {
	const field = 8
	for rest := req.XXX_unrecognized; len(rest) > 0; {
		number, kind, head := protowire.ConsumeTag(rest)
		if head < 0 {
			return false
		}
		if number == field && kind == protowire.VarintType {
			value, _ := protowire.ConsumeVarint(rest[head:])
			return value != 0
		}
		size := protowire.ConsumeFieldValue(number, kind, rest[head:])
		if size < 0 {
			return false
		}
		rest = rest[head+size:]
	}
	return false
}

// RawChecksum refuses an algorithm that it cannot read, as TiKV does, with the RPC and not in the answer.
func (s *service) RawChecksum(_ context.Context, req *kvrpcpb.RawChecksumRequest) (*kvrpcpb.RawChecksumResponse, error) {
	if _, known := kvrpcpb.ChecksumAlgorithm_name[int32(req.Algorithm)]; !known {
		return nil, status.Errorf(codes.Internal, "checksum algorithm %d", req.Algorithm)
	}
	space, regionErr, refusal := s.admitReader(req.Context, "", s.rawRanges(req.Ranges))
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
