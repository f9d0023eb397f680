package main

import (
	"fmt"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
)

// apiVersion is the store's storage.api-version together with enable-ttl.
type apiVersion string

const (
	apiV1    apiVersion = "v1"
	apiV1TTL apiVersion = "v1ttl"
	apiV2    apiVersion = "v2"
)

func parseAPIVersion(s string) (apiVersion, error) {
	switch v := apiVersion(s); v {
	case apiV1, apiV1TTL, apiV2:
		return v, nil
	}
	return "", fmt.Errorf("API version %q: v1, v1ttl and v2 are known", s)
}

func (v apiVersion) hasTTL() bool { return v != apiV1 }

// wire is the version that requests must name: a store with TTL on V1 is asked with V1.
func (v apiVersion) wire() kvrpcpb.APIVersion {
	if v == apiV2 {
		return kvrpcpb.APIVersion_V2
	}
	return kvrpcpb.APIVersion_V1
}
