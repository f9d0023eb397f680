// Command judge runs client-go, with its defaults, against a cluster and checks every answer by itself. It names each
// check, says which ones the cluster has no server side for, and ends non-zero at the first wrong answer.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	var s settings
	var parts, keyspaces string
	flag.StringVar(&s.api, "api", "v1", "API version of the cluster: v1, v1ttl or v2")
	flag.StringVar(&parts, "parts", "txn,raw", "parts to run: txn, raw; on v1 transactions go first, because raw region borders mean nothing to them")
	flag.StringVar(&s.only, "only", "", "run only the checks whose name begins with this")
	flag.StringVar(&keyspaces, "keyspaces", "", "two keyspaces that exist on a v2 cluster, separated by a comma")
	flag.BoolVar(&s.router, "router", true, "use PD's QueryRegion, client-go's default; a PD before 9 does not have it")
	flag.DurationVar(&s.churn, "churn", 6*time.Second, "length of each check under splits and leader moves")
	flag.Int64Var(&s.seed, "seed", 0, "seed of everything random; 0 picks one and prints it")
	flag.Parse()
	s.parts = strings.Split(parts, ",")
	s.keyspaces = splitList(keyspaces)
	s.pdAddrs = splitList(os.Getenv("PD_ADDRS"))
	if s.seed == 0 {
		s.seed = time.Now().UnixNano()
	}
	if err := s.check(); err != nil || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "judge:", err)
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if !run(ctx, s) {
		os.Exit(1)
	}
}

func splitList(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

// run opens the clients, runs the chosen checks and says whether none of them failed.
func run(ctx context.Context, s settings) bool {
	fmt.Printf("judge api=%s seed=%d pd=%s\n", s.api, s.seed, strings.Join(s.pdAddrs, ","))
	quiet()
	report := &report{}
	for _, part := range s.parts {
		if !report.failedAny() {
			runPart(ctx, s, part, report)
		}
	}
	report.close()
	return !report.failedAny()
}

func runPart(ctx context.Context, s settings, part string, report *report) {
	checks := checksOf(part, s.only)
	if part == "txn" && s.api == "v1ttl" {
		report.skipAll(checks, "a cluster with TTL on API V1 takes raw commands only")
		return
	}
	j, err := openJudge(ctx, s, part)
	if unimplemented(err) {
		report.skipAll(checks, "client-go cannot connect: "+err.Error())
		return
	}
	if err != nil {
		report.fail(part+"-connect", 0, err)
		return
	}
	defer j.close()
	for _, c := range checks {
		if report.run(ctx, j, c); report.failedAny() {
			return
		}
	}
}

// checksOf gives the part's checks whose names begin with only.
func checksOf(part, only string) []check {
	all := rawChecks
	if part == "txn" {
		all = txnChecks
	}
	return slices.DeleteFunc(slices.Clone(all), func(c check) bool { return !strings.HasPrefix(c.name, only) })
}
