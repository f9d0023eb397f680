// Command client-go-bench drives a cluster with client-go v2 as ./tikv bench drives it with tikv-direct: the same flags,
// the same workloads, the same line of JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/pingcap/log"
)

type options struct {
	pd, workload, face  string
	inFlight, threads   int
	rate, bulkRate      float64
	duration, warmup    time.Duration
	keys, valueSize     int
	batch, limit, bulk  int
	zipf, noLoad, asked bool
	router              bool
}

func parse() options {
	var o options
	flag.StringVar(&o.pd, "pd", os.Getenv("PD_ADDRS"), "PD's addresses")
	flag.StringVar(&o.workload, "workload", "", "raw-get|raw-put|raw-mixed|raw-batch-get|raw-batch-put|raw-scan|txn-get|txn-1pc|txn-rw|txn-pessimistic")
	flag.StringVar(&o.face, "face", "sync", "only sync: client-go has no other")
	flag.IntVar(&o.inFlight, "in-flight", 16, "goroutines, each with one operation")
	flag.IntVar(&o.threads, "threads", 0, "the same number")
	flag.Float64Var(&o.rate, "rate", 0, "operations a second by the clock")
	flag.DurationVar(&o.duration, "duration", 10*time.Second, "measured time")
	flag.DurationVar(&o.warmup, "warmup", 5*time.Second, "time before it")
	flag.IntVar(&o.keys, "keys", 100_000, "")
	flag.IntVar(&o.valueSize, "value-size", 64, "")
	flag.IntVar(&o.batch, "batch", 32, "")
	flag.IntVar(&o.limit, "limit", 100, "")
	flag.IntVar(&o.bulk, "bulk", 0, "gets of 1 MiB under way beside the workload, which are not counted")
	flag.Float64Var(&o.bulkRate, "bulk-rate", 0, "MiB a second of them by the clock")
	flag.BoolVar(&o.zipf, "zipf", false, "choose keys by Zipf's law")
	flag.BoolVar(&o.noLoad, "no-load", false, "the keys are there")
	flag.BoolVar(&o.asked, "json", true, "one line of JSON; there is nothing else")
	flag.BoolVar(&o.router, "router", true, "look regions up by PD's QueryRegion stream, client-go's default; PD before 8.5.3 has none")
	flag.Parse()
	return o
}

func main() {
	o := parse()
	quiet()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "client-go-bench:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	ctx := context.Background()
	work, err := newWork(o)
	if err != nil {
		return err
	}
	defer work.close()
	if !o.noLoad {
		if err := work.loadAll(ctx); err != nil {
			return err
		}
	}
	measured := drive(ctx, work, o)
	if o.bulk > 0 {
		fmt.Fprintf(os.Stderr, "client-go-bench: bulk %.1f MiB/s beside\n", float64(measured.bulkBytes)/(1<<20)/measured.used.wall.Seconds())
	}
	if measured.lastError != nil {
		fmt.Fprintln(os.Stderr, "client-go-bench: the last error:", measured.lastError)
	}
	return json.NewEncoder(os.Stdout).Encode(report(o, measured))
}

// line has the fields of cli.md in their order.
type line struct {
	Workload  string   `json:"workload"`
	Face      string   `json:"face"`
	InFlight  int      `json:"in_flight"`
	Threads   int      `json:"threads"`
	Ops       int64    `json:"ops"`
	Errors    int64    `json:"errors"`
	OpsPerS   float64  `json:"ops_per_s"`
	P50       float64  `json:"p50_us"`
	P99       float64  `json:"p99_us"`
	P999      float64  `json:"p999_us"`
	Max       float64  `json:"max_us"`
	CPU       float64  `json:"client_cpu_us_per_op"`
	Allocated float64  `json:"alloc_bytes_per_op"`
	GCs       int64    `json:"gc_count"`
	RSS       float64  `json:"rss_mb"`
	Direct    *float64 `json:"direct_mb"`
	JVM       string   `json:"jvm"`
}

func report(o options, m measured) line {
	ops := float64(max(m.latencies.count, 1))
	return line{
		Workload: o.workload, Face: "sync", InFlight: o.inFlight, Threads: o.inFlight,
		Ops: m.latencies.count, Errors: m.errors,
		OpsPerS: rounded(float64(m.latencies.count)/m.used.wall.Seconds(), 1),
		P50:     m.latencies.micros(0.5), P99: m.latencies.micros(0.99), P999: m.latencies.micros(0.999),
		Max:       rounded(float64(m.latencies.max)/1e3, 1),
		CPU:       rounded(float64(m.used.cpu.Nanoseconds())/1e3/ops, 3),
		Allocated: rounded(float64(m.used.allocated)/ops, 1), GCs: m.used.collections, RSS: m.residentMiB,
		JVM: runtime.Version() + ", " + clientVersion(),
	}
}

func clientVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/tikv/client-go/v2" {
				return "client-go " + module.Version
			}
		}
	}
	return "client-go"
}

// quiet keeps client-go's log out of the way, as a service would set it.
func quiet() {
	if logger, properties, err := log.InitLogger(&log.Config{Level: "error"}); err == nil {
		log.ReplaceGlobals(logger, properties)
	}
}
