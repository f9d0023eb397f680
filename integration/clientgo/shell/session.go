package main

import (
	"context"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/tikv/client-go/v2/rawkv"
	"github.com/tikv/client-go/v2/txnkv"
	pd "github.com/tikv/pd/client"
	"github.com/tikv/pd/client/opt"
)

var apiVersions = map[string]kvrpcpb.APIVersion{
	"v1": kvrpcpb.APIVersion_V1, "v1ttl": kvrpcpb.APIVersion_V1TTL, "v2": kvrpcpb.APIVersion_V2,
}

type settings struct {
	api     string
	pdAddrs []string
	router  bool
	timeout time.Duration
}

// session holds what statements work on; its clients are opened when the first statement needs them.
type session struct {
	settings
	raw       *rawkv.Client
	txn       *txnkv.Client
	txns      map[string]*namedTxn
	snapshots map[string]*namedSnapshot
}

func (s *session) close() {
	for _, t := range s.txns {
		_ = t.txn.Rollback() // the process ends: nobody waits for the result
	}
	if s.raw != nil {
		_ = s.raw.Close()
	}
	if s.txn != nil {
		_ = s.txn.Close()
	}
}

// rawClient works in atomic mode throughout, as the shell of ./tikv does. It outlives the statement that opens it, and
// so does its context: PD's client ends with it.
func (s *session) rawClient() (*rawkv.Client, error) {
	if s.raw != nil {
		return s.raw, nil
	}
	client, err := rawkv.NewClientWithOpts(context.Background(), s.pdAddrs, rawkv.WithAPIVersion(apiVersions[s.api]),
		rawkv.WithPDOptions(opt.WithEnableRouterClient(s.router)))
	if err != nil {
		return nil, err
	}
	s.raw = client.SetAtomicForCAS(true)
	return s.raw, nil
}

func (s *session) txnClient() (*txnkv.Client, error) {
	if s.txn != nil {
		return s.txn, nil
	}
	var options []txnkv.ClientOpt
	switch s.api {
	case "v1ttl":
		return nil, unsupported("a cluster with TTL on API V1 takes raw commands only")
	case "v2":
		options = append(options, txnkv.WithAPIVersion(apiVersions[s.api]))
	}
	client, err := txnkv.NewClient(s.pdAddrs, options...)
	if err != nil {
		return nil, err
	}
	if !s.router { // unlike rawkv, txnkv takes no PD options when it is opened
		if err := client.GetPDClient().UpdateOption(opt.EnableRouterClient, false); err != nil {
			return nil, err
		}
	}
	s.txn = client
	return client, nil
}

// pdClient is that of whichever client is open: it speaks in that client's user keys.
func (s *session) pdClient() (pd.Client, error) {
	if s.txn != nil {
		return s.txn.GetPDClient(), nil
	}
	client, err := s.rawClient()
	if err != nil {
		return nil, err
	}
	return client.GetPDClient(), nil
}

func (s *session) execute(ctx context.Context, st statement) (answer, error) {
	switch st.form {
	case "ts":
		return s.timestamp(ctx)
	case "split":
		return s.splitAt(ctx, st)
	case "regions":
		return s.regions(ctx, st)
	case "gc":
		return s.gc(ctx, st)
	case "begin":
		return s.begin(st)
	case "snapshot":
		return s.snapshot(ctx, st)
	}
	if st.name == "" {
		return s.rawStatement(ctx, st)
	}
	if t, open := s.txns[st.name]; open {
		return t.execute(ctx, s, st)
	}
	if sn, open := s.snapshots[st.name]; open {
		return sn.execute(ctx, st)
	}
	return nil, invalid("no transaction or snapshot is called %s", st.name)
}
