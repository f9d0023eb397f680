package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/tidb/pkg/util/codec"
)

const maxRaftEntryBytes = 8 << 20 // TiKV's default raftstore.raft-entry-max-size

// rawSpace is the part of the raw key space that one region owns. An empty end is no bound. Bounds are in the form of
// the keys that requests carry; encoded says that the store knows them memcomparable, as TiKV does on V2.
type rawSpace struct {
	region     *region
	start, end []byte
	encoded    bool
}

// admitRaw is what every raw command passes first: the rules of its kind, in order, then the region. A refusal is an
// error that goes into the answer as text.
func (s *service) admitRaw(ctx *kvrpcpb.Context, rules ...rule) (space rawSpace, regionErr *errorpb.Error, refusal error) {
	for _, check := range rules {
		if err := check(); err != nil {
			return space, nil, err
		}
	}
	r, regionErr := s.store.route(ctx)
	if regionErr != nil {
		return space, regionErr, nil
	}
	if s.api == apiV2 {
		return rawSpace{region: r, start: r.start, end: trimEnd(r.end), encoded: true}, nil, nil
	}
	return rawSpace{region: r, start: r.meta.StartKey, end: r.meta.EndKey}, nil, nil
}

func trimEnd(end []byte) []byte {
	if bytes.Equal(end, endOfKeys) {
		return nil
	}
	return end
}

// admitReader is for commands that read: TiKV takes its snapshot of the region before it looks at the column family.
func (s *service) admitReader(ctx *kvrpcpb.Context, cf string, rules ...rule) (rawSpace, *errorpb.Error, error) {
	space, regionErr, refusal := s.admitRaw(ctx, append([]rule{s.apiVersion(ctx)}, rules...)...)
	if regionErr == nil && refusal == nil {
		refusal = s.family(cf)()
	}
	return space, regionErr, refusal
}

// admitWrite adds what writes are held to: the size of the raft entry, and keys of the region. The order of the rules
// is TiKV's too.
func (s *service) admitWrite(ctx *kvrpcpb.Context, keys [][]byte, bytes int, rules ...rule) (*errorpb.Error, error) {
	rules = append([]rule{s.apiVersion(ctx), s.rawKeys(keys...)}, rules...)
	space, regionErr, refusal := s.admitRaw(ctx, rules...)
	if regionErr != nil || refusal != nil {
		return regionErr, refusal
	}
	if regionErr := space.entry(bytes); regionErr != nil {
		return regionErr, nil
	}
	for _, key := range keys {
		if !space.holds(key) {
			return keyNotInRegion(space.region, space.proposed(key)), nil
		}
	}
	return nil, nil
}

// entry refuses a write that would not fit into one raft entry.
func (p rawSpace) entry(bytes int) *errorpb.Error {
	if bytes <= maxRaftEntryBytes {
		return nil
	}
	return &errorpb.Error{
		Message:           fmt.Sprintf("raft entry of %d bytes is too large", bytes),
		RaftEntryTooLarge: &errorpb.RaftEntryTooLarge{RegionId: p.region.meta.Id, EntrySize: uint64(bytes)},
	}
}

// stored is the key as the store knows it and names it in region errors.
func (p rawSpace) stored(key []byte) []byte {
	if p.encoded {
		return codec.EncodeBytes(nil, key)
	}
	return key
}

// proposed is the stored key of a write, which on V2 carries a version behind it. Raw writes have none here: 0.
func (p rawSpace) proposed(key []byte) []byte {
	if p.encoded {
		return binary.BigEndian.AppendUint64(p.stored(key), ^uint64(0))
	}
	return key
}

func (p rawSpace) holds(key []byte) bool { return contains(p.start, p.end, key) }

func (p rawSpace) before(key []byte) bool { return bytes.Compare(key, p.start) < 0 }

// reaches says whether the key can be an upper bound inside the region: the region's own end can.
func (p rawSpace) reaches(key []byte) bool {
	return !p.before(key) && (len(p.end) == 0 || bytes.Compare(key, p.end) <= 0)
}

func (p rawSpace) notHere(key []byte) *errorpb.Error { return keyNotInRegion(p.region, p.stored(key)) }

// owns is the check of point reads and of compare-and-swap, which reads first: TiKV answers a foreign key with an
// error text on V1 and with a region error on V2.
func (p rawSpace) owns(key []byte) (*errorpb.Error, error) {
	switch {
	case p.holds(key):
		return nil, nil
	case p.encoded:
		return p.notHere(key), nil
	}
	return nil, p.outside(key)
}

func (p rawSpace) outside(key []byte) error {
	return fmt.Errorf("key %x is out of region %d", key, p.region.meta.Id)
}

// clip intersects [lower, upper) with the region and says whether anything is left.
func (p rawSpace) clip(lower, upper []byte) ([]byte, []byte, bool) {
	if bytes.Compare(lower, p.start) < 0 {
		lower = p.start
	}
	if len(upper) == 0 || len(p.end) > 0 && bytes.Compare(upper, p.end) > 0 {
		upper = p.end
	}
	return lower, upper, len(upper) == 0 || bytes.Compare(lower, upper) < 0
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// abortPair is how scans and batch gets carry an error: as a pair.
func abortPair(err error) []*kvrpcpb.KvPair {
	if err == nil {
		return nil
	}
	abort := err.Error()
	var refused *refusal
	if errors.As(err, &refused) {
		abort = "Error(" + refused.name + ")"
	}
	return []*kvrpcpb.KvPair{{Error: &kvrpcpb.KeyError{Abort: abort}}}
}
