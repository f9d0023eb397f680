package main

import "testing"

func TestEveryValueLiesInItsBucket(t *testing.T) {
	for _, ns := range []int64{0, 1, 127, 128, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 1 << 40, 1<<40 + 12345} {
		bound := upperBound(bucketOf(ns))
		if bound < ns || float64(bound) > float64(ns)*1.01+1 {
			t.Errorf("%d ns are counted as %d", ns, bound)
		}
	}
}

func TestQuantilesAreThoseOfWhatWasRecorded(t *testing.T) {
	var h histogram
	for i := int64(1); i <= 1000; i++ {
		h.record(1000 * 1000) // 1000 us
		h.record(2000 * 1000)
	}
	if p50, p99 := h.micros(0.5), h.micros(0.99); p50 < 1000 || p50 > 1010 || p99 < 2000 || p99 > 2020 {
		t.Errorf("p50 %v, p99 %v", p50, p99)
	}
}
