package main

import (
	"errors"
	"fmt"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

const (
	maxRawKeyBytes = 8 << 10 // TiKV's default storage.max-key-size
	rawModePrefix  = 'r'
)

// The texts keep TiKV's marks, because for raw commands nothing but the text tells these cases apart.
var (
	errNoTTL        = errors.New("ttl is not enabled on this store")
	errEmptyRequest = errors.New("an empty request")
	errTTLCount     = errors.New("the length of ttls does not equal to the length of pairs")
	errBadRanges    = errors.New("invalid KeyRanges: one is empty or backwards")
)

// rule is something a raw command asks of its request before it looks for the region.
type rule func() error

func (s *service) checkAPIVersion(ctx *kvrpcpb.Context) error {
	if asked := ctx.GetApiVersion(); asked != s.api.wire() {
		return fmt.Errorf("api version in request (%v) does not match, this store serves %s", asked, s.api)
	}
	return nil
}

func (s *service) checkFamily(cf string) error {
	switch {
	case s.api == apiV2 && cf != "":
		return fmt.Errorf("cf is deprecated in API V2: %q", cf)
	case !s.raw.hasFamily(cf):
		return fmt.Errorf("invalid cf name: %q", cf)
	}
	return nil
}

// rawKeys: on V2 a raw key begins with the mode byte. Neither length nor keyspace are looked at.
func (s *service) rawKeys(keys ...[]byte) rule {
	return func() error {
		for _, key := range keys {
			if s.api == apiV2 && !inRawMode(key) {
				return fmt.Errorf("key mode mismatched: raw command, key %x", key)
			}
		}
		return nil
	}
}

// rawRange: on V2 a range begins in the raw mode and ends in it or right behind it; it cannot be without end.
func (s *service) rawRange(start, end []byte) rule {
	return func() error {
		ends := inRawMode(end) || len(end) == 1 && end[0] == rawModePrefix+1
		if s.api == apiV2 && !(inRawMode(start) && ends) {
			return fmt.Errorf("key mode mismatched: raw command, range [%x, %x)", start, end)
		}
		return nil
	}
}

func (s *service) rawRanges(ranges []*kvrpcpb.KeyRange) rule {
	return func() error {
		for _, r := range ranges {
			if err := s.rawRange(r.StartKey, r.EndKey)(); err != nil {
				return err
			}
		}
		return nil
	}
}

func inRawMode(key []byte) bool { return len(key) > 0 && key[0] == rawModePrefix }

func keySizes(keys ...[]byte) rule {
	return func() error {
		for _, key := range keys {
			if len(key) > maxRawKeyBytes {
				return fmt.Errorf("max key size exceeded: %d bytes, %d are allowed", len(key), maxRawKeyBytes)
			}
		}
		return nil
	}
}

func someKey(count int) rule {
	return func() error {
		if count == 0 {
			return errEmptyRequest
		}
		return nil
	}
}

// ttlsFit: there is one TTL for all of n pairs, or one each, or none at all; without TTL on the store they are 0.
func (s *service) ttlsFit(ttls []uint64, n int) rule {
	return func() error {
		for _, ttl := range ttls {
			if ttl > 0 && !s.api.hasTTL() {
				return errNoTTL
			}
		}
		if len(ttls) > 1 && len(ttls) != n {
			return errTTLCount
		}
		return nil
	}
}

func (s *service) ttlStore() error {
	if !s.api.hasTTL() {
		return errNoTTL
	}
	return nil
}

// ttlOf gives the TTL of the i-th pair from TTLs that fit.
func ttlOf(ttls []uint64, i int) uint64 {
	switch len(ttls) {
	case 0:
		return 0
	case 1:
		return ttls[0]
	}
	return ttls[i]
}
