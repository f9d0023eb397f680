// Command shell speaks the shell language of ./tikv over client-go: one statement a line on standard input, one line of
// JSON for each on standard output, so that its answers can be compared with those of other stacks. What client-go
// cannot do is answered with the code UNSUPPORTED.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pingcap/log"
)

const maxLineBytes = 64 << 20

func main() {
	var s settings
	flag.StringVar(&s.api, "api", "v1", "API version of the cluster: v1, v1ttl or v2")
	flag.BoolVar(&s.router, "router", true, "use PD's QueryRegion, client-go's default; a PD before 9 does not have it")
	flag.DurationVar(&s.timeout, "timeout", 30*time.Second, "bound of each statement")
	flag.Parse()
	s.pdAddrs = strings.Split(os.Getenv("PD_ADDRS"), ",")
	if _, known := apiVersions[s.api]; !known || s.pdAddrs[0] == "" || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: PD_ADDRS=HOST:PORT[,HOST:PORT...] shell [-api v1|v1ttl|v2] [-router=false]")
		os.Exit(2)
	}
	quiet()
	if err := serve(&session{settings: s, txns: map[string]*namedTxn{}, snapshots: map[string]*namedSnapshot{}}); err != nil {
		fmt.Fprintln(os.Stderr, "shell:", err)
		os.Exit(1)
	}
}

// quiet keeps client-go's own log away: programs provoke errors all the time.
func quiet() {
	logger, properties, err := log.InitLogger(&log.Config{Level: "fatal"})
	if err == nil {
		log.ReplaceGlobals(logger, properties)
	}
}

// serve answers until the input ends.
func serve(s *session) error {
	defer s.close()
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 64<<10), maxLineBytes)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for in.Scan() {
		words, err := split(in.Bytes())
		a := answer{} // of a blank line or a comment
		if err == nil && len(words) > 0 {
			a, err = s.answer(words)
		}
		if err != nil {
			a = failed(err)
		} else {
			a["ok"] = true
		}
		if err := encoder.Encode(a); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return in.Err()
}

// answer bounds a statement in time and turns client-go's panics into failures.
func (s *session) answer(words []word) (a answer, err error) {
	st, err := parse(words)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.timeout)
	defer cancel()
	defer func() {
		if cause := recover(); cause != nil {
			a, err = nil, fmt.Errorf("panic: %v", cause)
		}
	}()
	return s.execute(ctx, st)
}
