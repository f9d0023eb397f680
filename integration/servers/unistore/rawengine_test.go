package main

import (
	"strings"
	"testing"
)

func filled(now *uint64, keys ...string) *rawEngine {
	e := newRawEngine()
	e.now = func() uint64 { return *now }
	for _, k := range keys {
		e.put("", pair{key: []byte(k), value: []byte("v" + k)})
	}
	return e
}

func walked(e *rawEngine, lower, upper string, reverse bool) string {
	var keys []string
	e.walk("", []byte(lower), []byte(upper), reverse, func(p pair) bool {
		keys = append(keys, string(p.key))
		return true
	})
	return strings.Join(keys, "")
}

func TestWalkTakesTheLowerBoundAndLeavesTheUpperBothWays(t *testing.T) {
	now := uint64(1000)
	e := filled(&now, "a", "b", "c", "d")
	for _, c := range []struct {
		lower, upper string
		reverse      bool
		want         string
	}{
		{"b", "d", false, "bc"}, {"b", "d", true, "cb"}, {"", "", false, "abcd"}, {"", "", true, "dcba"},
		{"aa", "cc", true, "cb"}, {"d", "b", false, ""}, {"c", "", true, "dc"},
	} {
		if got := walked(e, c.lower, c.upper, c.reverse); got != c.want {
			t.Errorf("[%q, %q) reverse=%v: %q, not %q", c.lower, c.upper, c.reverse, got, c.want)
		}
	}
}

func TestExpiredPairsAreInvisibleToEverything(t *testing.T) {
	now := uint64(1000)
	e := filled(&now, "a", "c")
	e.put("", pair{key: []byte("b"), value: []byte("short"), expires: e.expiry(10)})
	now += 9
	if _, found := e.get("", []byte("b")); !found {
		t.Error("gone too early")
	}
	now++
	if _, found := e.get("", []byte("b")); found {
		t.Error("a get sees it")
	}
	if got := walked(e, "", "", false); got != "ac" {
		t.Errorf("a scan sees %q", got)
	}
	var d digest
	if e.digestRange(nil, nil, &d); d.pairs != 2 {
		t.Errorf("the checksum counts %d", d.pairs)
	}
	e.exchange("", []byte("b"), func(_ pair, found bool) change {
		if found {
			t.Error("compare-and-swap sees it")
		}
		return change{}
	})
}

func TestAnEndlessTTLDoesNotOverflow(t *testing.T) {
	now := uint64(1000)
	if e := filled(&now); e.expiry(^uint64(0)) < now || e.expiry(0) != 0 {
		t.Error("overflow")
	}
}

// The two numbers were recorded from a TiKV.
func TestChecksumIsTiKVs(t *testing.T) {
	now := uint64(1000)
	e := newRawEngine()
	e.now = func() uint64 { return now }
	e.put("", pair{key: []byte("vec007__a"), value: []byte("va")}, pair{key: []byte("vec007__b"), value: []byte("vb")})
	var one, both digest
	e.digestRange([]byte("vec007__a"), []byte("vec007__b"), &one)
	e.digestRange(nil, nil, &both)
	if one != (digest{2848926229950873234, 1, 11}) || both != (digest{483672098860517737, 2, 22}) {
		t.Errorf("%+v %+v", one, both)
	}
}

func TestRemoveRangeSparesTheNeighbours(t *testing.T) {
	now := uint64(1000)
	e := filled(&now, "a", "b", "c", "d")
	e.removeRange("", []byte("b"), []byte("d"))
	if got := walked(e, "", "", false); got != "ad" {
		t.Errorf("%q", got)
	}
}
