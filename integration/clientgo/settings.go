package main

import (
	"fmt"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/log"
)

type settings struct {
	api       string
	parts     []string
	only      string
	pdAddrs   []string
	keyspaces []string
	router    bool
	churn     time.Duration
	seed      int64
}

func (s settings) check() error {
	if len(s.pdAddrs) == 0 {
		return fmt.Errorf("PD_ADDRS must name the cluster, as HOST:PORT[,HOST:PORT...]")
	}
	if _, known := apiVersions[s.api]; !known {
		return fmt.Errorf("no API version %q", s.api)
	}
	for _, part := range s.parts {
		if part != "raw" && part != "txn" {
			return fmt.Errorf("no part %q", part)
		}
	}
	if n := len(s.keyspaces); n != 0 && n != 2 {
		return fmt.Errorf("two keyspaces are needed, not %d", n)
	}
	return nil
}

var apiVersions = map[string]kvrpcpb.APIVersion{
	"v1": kvrpcpb.APIVersion_V1, "v1ttl": kvrpcpb.APIVersion_V1TTL, "v2": kvrpcpb.APIVersion_V2,
}

func (s settings) apiVersion() kvrpcpb.APIVersion { return apiVersions[s.api] }

// quiet keeps client-go's own log out of the report: a judge provokes errors all the time.
func quiet() {
	logger, properties, err := log.InitLogger(&log.Config{Level: "fatal"})
	if err == nil {
		log.ReplaceGlobals(logger, properties)
	}
}
