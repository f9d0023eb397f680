package main

import (
	"math"
	"math/bits"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// costs are what the process has used; or, as a difference, what it used in between.
type costs struct {
	wall, cpu   time.Duration
	allocated   uint64
	collections int64
}

var began = time.Now()

func costsNow() costs {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return costs{
		wall:      time.Since(began),
		cpu:       time.Duration(usage.Utime.Nano() + usage.Stime.Nano()),
		allocated: memory.TotalAlloc, collections: int64(memory.NumGC),
	}
}

func (c costs) since(before costs) costs {
	return costs{c.wall - before.wall, c.cpu - before.cpu, c.allocated - before.allocated, c.collections - before.collections}
}

var residentLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func residentMiB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	if found := residentLine.FindSubmatch(status); found != nil {
		kib, _ := strconv.ParseFloat(string(found[1]), 64)
		return rounded(kib/1024, 1)
	}
	return 0
}

func rounded(value float64, decimals int) float64 {
	scale := math.Pow(10, float64(decimals))
	return math.Round(value*scale) / scale
}

// histogram counts nanoseconds in buckets that are at most 1/128 wide in proportion.
type histogram struct {
	buckets [64 << 7]int64
	count   int64
	max     int64
}

func (h *histogram) record(latency time.Duration) {
	ns := max(int64(latency), 0)
	h.buckets[bucketOf(ns)]++
	h.count++
	h.max = max(h.max, ns)
}

func bucketOf(ns int64) int {
	shift := max(0, bits.Len64(uint64(ns))-8)
	return shift<<7 + int(ns>>shift)
}

// upperBound is the largest value of a bucket.
func upperBound(bucket int) int64 {
	shift := max(0, bucket>>7-1)
	return int64(bucket-shift<<7+1)<<shift - 1
}

func (h *histogram) add(other *histogram) {
	for i, n := range other.buckets {
		h.buckets[i] += n
	}
	h.count += other.count
	h.max = max(h.max, other.max)
}

func (h *histogram) micros(quantile float64) float64 {
	wanted := int64(math.Ceil(quantile * float64(h.count)))
	seen := int64(0)
	for i, n := range h.buckets {
		seen += n
		if n > 0 && seen >= wanted {
			return rounded(float64(min(upperBound(i), h.max))/1e3, 1)
		}
	}
	return 0
}
