package main

import (
	"fmt"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

const (
	maxRawKeyBytes = 8 << 10 // TiKV's default storage.max-key-size
	rawModePrefix  = 'r'
)

// refusal is an error of a raw command. Its texts keep TiKV's marks, because nothing but the text tells cases apart:
// message is for answers with an error field, name for the pairs of scans and batch gets, where TiKV shows the error's
// structure.
type refusal struct{ message, name string }

func (r *refusal) Error() string { return r.message }

func refuse(name, message string, args ...any) error {
	return &refusal{message: fmt.Sprintf(message, args...), name: name}
}

var (
	errNoTTL        = refuse("TtlNotEnabled", "ttl is not enabled on this store")
	errEmptyRequest = refuse("Other", "an empty request")
	errTTLCount     = refuse("TtlLenNotEqualsToPairs", "the length of ttls does not equal to the length of pairs")
	errBadRanges    = refuse("Invalid KeyRanges", "Invalid KeyRanges: one is empty or backwards")
)

// rule is something a raw command asks of its request before it looks for the region.
type rule func() error

func (s *service) apiVersion(ctx *kvrpcpb.Context) rule {
	return func() error {
		if asked := ctx.GetApiVersion(); asked != s.api.wire() {
			return refuse("ApiVersionNotMatched", "Api version in request does not match: %v, this store serves %s", asked, s.api)
		}
		return nil
	}
}

func (s *service) family(cf string) rule {
	return func() error {
		switch {
		case s.api == apiV2 && cf != "":
			return refuse(fmt.Sprintf("CfDeprecated(%q)", cf), "cf is deprecated in API V2: %q", cf)
		case !s.raw.hasFamily(cf):
			return refuse(fmt.Sprintf("InvalidCf(%q)", cf), "invalid cf name: %q", cf)
		}
		return nil
	}
}

// rawKeys: on V2 a raw key begins with the mode byte. Neither length nor keyspace are looked at.
func (s *service) rawKeys(keys ...[]byte) rule {
	return func() error {
		for _, key := range keys {
			if s.api == apiV2 && !inRawMode(key) {
				return refuse("InvalidKeyMode", "Key mode mismatched: raw command, key %x", key)
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
			return refuse("InvalidKeyRangeMode", "Key mode mismatched: raw command, range [%x, %x)", start, end)
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

// keySizes: atomic writes take keys of any size (TiKV's storage/mod.rs, raw_batch_put_atomic).
func keySizes(atomic bool, keys ...[]byte) rule {
	return func() error {
		if atomic {
			return nil
		}
		for _, key := range keys {
			if len(key) > maxRawKeyBytes {
				return refuse("KeySize", "max key size exceeded: %d bytes, %d are allowed", len(key), maxRawKeyBytes)
			}
		}
		return nil
	}
}

// someKey: atomic batches go through TiKV's scheduler, which is content with nothing to do.
func someKey(atomic bool, count int) rule {
	return func() error {
		if count == 0 && !atomic {
			return errEmptyRequest
		}
		return nil
	}
}

// ttlsFit: there is one TTL for all of n pairs, or one each, or none at all. A store without TTL wants them to be 0 and
// does not count them.
func (s *service) ttlsFit(ttls []uint64, n int) rule {
	return func() error {
		for _, ttl := range ttls {
			if ttl > 0 && !s.api.hasTTL() {
				return errNoTTL
			}
		}
		if s.api.hasTTL() && len(ttls) > 1 && len(ttls) != n {
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
