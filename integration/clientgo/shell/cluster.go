package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"

	"github.com/tikv/client-go/v2/oracle"
	pd "github.com/tikv/pd/client"
)

const (
	maxRegions = 4096
	splitTries = 6 // PD gives up on a region that it has heard nothing of for a moment
)

func (s *session) timestamp(ctx context.Context) (answer, error) {
	client, err := s.pdClient()
	if err != nil {
		return nil, err
	}
	physical, logical, err := client.GetTS(ctx)
	return answer{"ts": oracle.ComposeTS(physical, logical)}, err
}

func (s *session) splitAt(ctx context.Context, st statement) (answer, error) {
	for _, key := range st.args {
		if len(key) == 0 {
			return nil, invalid("a region cannot be split at the empty key")
		}
	}
	client, err := s.pdClient()
	if err != nil {
		return nil, err
	}
	done := int32(0)
	for try := 0; try < splitTries; try++ {
		keys, err := withoutBorders(ctx, client, st.args)
		if err != nil || len(keys) == 0 {
			return answer{}, err
		}
		response, err := client.SplitRegions(ctx, keys)
		if err != nil {
			return nil, err
		}
		if done = int32(response.GetFinishedPercentage()); done == 100 {
			return answer{}, nil
		}
	}
	return nil, fmt.Errorf("only %d %% of the splits were done", done)
}

// withoutBorders leaves out the keys at which a region begins already: the language leaves those as they are, while PD
// tries in vain to split there, and says in the end that it is not done.
func withoutBorders(ctx context.Context, client pd.Client, keys [][]byte) ([][]byte, error) {
	var inside [][]byte
	for _, key := range keys {
		region, err := client.GetRegion(ctx, key)
		if err != nil {
			return nil, err
		}
		if region == nil || !bytes.Equal(region.Meta.StartKey, key) {
			inside = append(inside, key)
		}
	}
	return inside, nil
}

func (s *session) regions(ctx context.Context, st statement) (answer, error) {
	if len(st.args) == 1 {
		return nil, invalid("regions takes two bounds or none")
	}
	var start, end []byte
	if len(st.args) == 2 {
		start, end = st.args[0], st.args[1]
	}
	client, err := s.pdClient()
	if err != nil {
		return nil, err
	}
	//nolint:staticcheck // its successor is too new for the independent cluster's PD
	found, err := client.ScanRegions(ctx, start, end, maxRegions)
	if err != nil {
		return nil, err
	}
	regions := []any{}
	for _, r := range found {
		regions = append(regions, map[string]any{
			"id": r.Meta.Id, "start": shown(r.Meta.StartKey), "end": shown(r.Meta.EndKey),
		})
	}
	return answer{"regions": regions}, nil
}

func (s *session) gc(ctx context.Context, st statement) (answer, error) {
	client, err := s.txnClient()
	if err != nil {
		return nil, err
	}
	safePoint, err := client.GetTimestamp(ctx)
	if err == nil && len(st.args) == 1 {
		safePoint, err = strconv.ParseUint(string(st.args[0]), 10, 64)
	}
	if err != nil {
		return nil, err
	}
	reached, err := client.GC(ctx, safePoint)
	return answer{"safe_point": reached}, err
}
