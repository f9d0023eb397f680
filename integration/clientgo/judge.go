package main

import (
	"context"
	"fmt"
	"math/rand"

	"github.com/pingcap/kvproto/pkg/metapb"
	"github.com/tikv/client-go/v2/rawkv"
	"github.com/tikv/client-go/v2/tikv"
	"github.com/tikv/client-go/v2/txnkv"
	pd "github.com/tikv/pd/client"
	"github.com/tikv/pd/client/opt"
)

// judge holds the clients that one part's checks share.
type judge struct {
	settings
	raw  *rawkv.Client // of the part raw
	txn  *txnkv.Client // of the part txn
	pd   pd.Client     // speaks in user keys
	rpcs *rpcs
	rnd  *rand.Rand // for the check's own goroutine only
}

func openJudge(ctx context.Context, s settings, part string) (*judge, error) {
	j := &judge{settings: s, rnd: rand.New(rand.NewSource(s.seed))}
	var err error
	if part == "raw" {
		if j.raw, err = openRaw(ctx, s, ""); err != nil {
			return nil, err
		}
		j.pd = j.raw.GetPDClient()
	} else {
		if j.txn, err = openTxn(s, ""); err != nil {
			return nil, err
		}
		j.pd = j.txn.GetPDClient()
	}
	stores, err := j.stores(ctx)
	if err != nil {
		j.close()
		return nil, err
	}
	j.rpcs, err = openRPCs(j.pd.GetClusterID(ctx), stores[0].Address, s.pdAddrs[0])
	if err != nil {
		j.close()
		return nil, err
	}
	return j, nil
}

func (j *judge) close() {
	if j.rpcs != nil {
		j.rpcs.close()
	}
	if j.raw != nil {
		_ = j.raw.Close() // the report is what counts
	}
	if j.txn != nil {
		_ = j.txn.Close()
	}
}

func (j *judge) stores(ctx context.Context) ([]*metapb.Store, error) {
	stores, err := j.pd.GetAllStores(ctx)
	if err == nil && len(stores) == 0 {
		err = wrong("PD knows no store")
	}
	return stores, err
}

func openRaw(ctx context.Context, s settings, keyspace string) (*rawkv.Client, error) {
	options := []rawkv.ClientOpt{
		rawkv.WithAPIVersion(s.apiVersion()),
		rawkv.WithPDOptions(opt.WithEnableRouterClient(s.router)),
	}
	if keyspace != "" {
		options = append(options, rawkv.WithKeyspace(keyspace))
	}
	client, err := rawkv.NewClientWithOpts(ctx, s.pdAddrs, options...)
	if err != nil {
		return nil, fmt.Errorf("open a raw client: %w", err)
	}
	return client, nil
}

// openTxn opens a transactional client. A V1TTL cluster takes no transactions; the check list says so.
func openTxn(s settings, keyspace string) (*txnkv.Client, error) {
	options := []txnkv.ClientOpt{}
	if s.api == "v2" {
		options = append(options, txnkv.WithAPIVersion(s.apiVersion()))
		if keyspace != "" {
			options = append(options, txnkv.WithKeyspace(keyspace))
		}
	}
	client, err := txnkv.NewClient(s.pdAddrs, options...)
	if err != nil {
		return nil, fmt.Errorf("open a transactional client: %w", err)
	}
	if !s.router {
		// Unlike rawkv, txnkv takes no PD options when it is opened.
		if err := client.GetPDClient().UpdateOption(opt.EnableRouterClient, false); err != nil {
			return nil, err
		}
	}
	return client, nil
}

// keyspacePrefix is what API V2 puts before each key of this client on the store.
func (j *judge) keyspacePrefix() []byte {
	if codec, ok := j.pd.(*tikv.CodecPDClient); ok {
		return codec.GetCodec().GetKeyspace()
	}
	return nil
}
