// Command buffer fills the write buffer of one client-go transaction, which is never committed, and prints what the process
// holds for it; the other side is io.tikvdirect.bench.WriteBufferMain, and bench/write-buffer runs both.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/pingcap/log"
	"github.com/tikv/client-go/v2/txnkv"
	"github.com/tikv/pd/client/opt"
	"go.uber.org/zap"
)

func main() {
	pd := flag.String("pd", "", "PD's addresses")
	keys := flag.Int("keys", 1_000_000, "keys that are set")
	valueSize := flag.Int("value-size", 16, "bytes of a value")
	order := flag.String("order", "sorted", "sorted or random")
	flag.Parse()
	log.ReplaceGlobals(zap.NewNop(), nil)
	if err := run(*pd, *keys, *valueSize, *order); err != nil {
		fmt.Fprintln(os.Stderr, "buffer:", err)
		os.Exit(1)
	}
}

func run(pd string, keys, valueSize int, order string) error {
	client, err := txnkv.NewClient(strings.Split(pd, ","))
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.GetPDClient().UpdateOption(opt.EnableRouterClient, false); err != nil {
		return err
	}
	txn, err := client.Begin()
	if err != nil {
		return err
	}
	step := 1
	if order == "random" {
		step = 700_001 // a prime; visits every number once unless the count is a multiple of it
	}
	heapBefore, residentBefore := held()
	value := []byte(strings.Repeat("v", valueSize))
	for i, at := 0, 0; i < keys; i, at = i+1, (at+step)%keys {
		if err := txn.Set([]byte(fmt.Sprintf("b%015d", at)), value); err != nil {
			return err
		}
	}
	heap, resident := held()
	if txn.Len() != keys {
		return fmt.Errorf("%d keys instead of %d", txn.Len(), keys)
	}
	fmt.Printf("client-go %s %.1f %.1f\n", order, mib(heap-heapBefore), mib(resident-residentBefore))
	return txn.Rollback()
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// held is what the heap holds and what the process has of the machine, once garbage is collected and given back.
func held() (heap, resident int64) {
	runtime.GC()
	debug.FreeOSMemory()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int64(memory.HeapAlloc), residentBytes()
}

var residentLine = regexp.MustCompile(`VmRSS:\s+(\d+) kB`)

func residentBytes() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	found := residentLine.FindSubmatch(status)
	if found == nil {
		return 0
	}
	kib, _ := strconv.ParseInt(string(found[1]), 10, 64)
	return kib << 10
}
