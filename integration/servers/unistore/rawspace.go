package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/pingcap/kvproto/pkg/errorpb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

const (
	maxRawKeyBytes    = 8 << 10
	maxRaftEntryBytes = 8 << 20
	rawModePrefix     = 'r'
)

var (
	errNoTTL        = errors.New("TTL is not enabled on this store")
	errEmptyRequest = errors.New("the request names no key")
)

// rawSpace is the part of the raw key space that one region owns. An empty end is no bound.
type rawSpace struct {
	region     *region
	start, end []byte
}

// admitRaw is what every raw command passes first: API version, column family, then the region. A refusal is an
// error that goes into the answer as text.
func (s *service) admitRaw(ctx *kvrpcpb.Context, cf string) (space rawSpace, regionErr *errorpb.Error, refusal error) {
	if asked := ctx.GetApiVersion(); asked != s.api.wire() {
		return space, nil, fmt.Errorf("API version %v asked, this store serves %s", asked, s.api)
	}
	if s.api == apiV2 && cf != "" || !s.raw.hasFamily(cf) {
		return space, nil, fmt.Errorf("no column family %q", cf)
	}
	r, regionErr := s.store.route(ctx)
	if regionErr != nil {
		return space, regionErr, nil
	}
	if s.api == apiV2 {
		return rawSpace{region: r, start: r.start, end: trimEnd(r.end)}, nil, nil
	}
	return rawSpace{region: r, start: r.meta.StartKey, end: r.meta.EndKey}, nil, nil
}

func trimEnd(end []byte) []byte {
	if bytes.Equal(end, endOfKeys) {
		return nil
	}
	return end
}

// admitWrite adds what writes are held to: some key, key sizes, the size of the raft entry, and keys of the region.
func (s *service) admitWrite(ctx *kvrpcpb.Context, cf string, keys [][]byte, bytes int) (*errorpb.Error, error) {
	space, regionErr, refusal := s.admitRaw(ctx, cf)
	if regionErr != nil || refusal != nil {
		return regionErr, refusal
	}
	if len(keys) == 0 {
		return nil, errEmptyRequest
	}
	for _, key := range keys {
		if len(key) > maxRawKeyBytes {
			return nil, fmt.Errorf("key of %d bytes, %d are allowed", len(key), maxRawKeyBytes)
		}
		if !space.holds(key) {
			return keyNotInRegion(space.region, key), nil
		}
	}
	if bytes > maxRaftEntryBytes {
		return &errorpb.Error{
			Message:           fmt.Sprintf("raft entry of %d bytes is too large", bytes),
			RaftEntryTooLarge: &errorpb.RaftEntryTooLarge{RegionId: space.region.meta.Id, EntrySize: uint64(bytes)},
		}, nil
	}
	return nil, nil
}

// ttls gives the TTL of the i-th of n pairs from none, one or n values.
func (s *service) ttls(values []uint64, n int) (func(i int) uint64, error) {
	for _, ttl := range values {
		if ttl > 0 && !s.api.hasTTL() {
			return nil, errNoTTL
		}
	}
	switch len(values) {
	case 0:
		return func(int) uint64 { return 0 }, nil
	case 1:
		return func(int) uint64 { return values[0] }, nil
	case n:
		return func(i int) uint64 { return values[i] }, nil
	}
	return nil, fmt.Errorf("%d TTLs for %d pairs", len(values), n)
}

func (p rawSpace) holds(key []byte) bool { return contains(p.start, p.end, key) }

func (p rawSpace) before(key []byte) bool { return bytes.Compare(key, p.start) < 0 }

// reaches says whether the key can be an upper bound inside the region: the region's own end can.
func (p rawSpace) reaches(key []byte) bool {
	return !p.before(key) && (len(p.end) == 0 || bytes.Compare(key, p.end) <= 0)
}

// owns is the softer check of point reads, which TiKV answers with an error text instead of a region error.
func (p rawSpace) owns(key []byte) error {
	if p.holds(key) {
		return nil
	}
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
	return []*kvrpcpb.KvPair{{Error: &kvrpcpb.KeyError{Abort: err.Error()}}}
}
