package main

import (
	"context"
	"reflect"
	"strings"
	"time"

	"github.com/pingcap/kvproto/pkg/keyspacepb"
	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/pdpb"
	"github.com/pingcap/kvproto/pkg/tikvpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// rpcs finds out which RPCs a cluster implements by calling each once, addressed to a store that does not exist: a
// server that knows the RPC refuses the address, one that does not says UNIMPLEMENTED. client-go itself cannot tell,
// because it retries what goes wrong inside its BatchCommands stream.
type rpcs struct {
	clusterID    uint64
	conns        []*grpc.ClientConn
	services     map[string]reflect.Value
	known        map[string]bool
	probeTimeout time.Duration
}

func openRPCs(clusterID uint64, storeAddr, pdAddr string) (*rpcs, error) {
	r := &rpcs{clusterID: clusterID, known: map[string]bool{}, probeTimeout: 5 * time.Second}
	for _, addr := range []string{storeAddr, pdAddr} {
		conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return nil, err
		}
		r.conns = append(r.conns, conn)
	}
	r.services = map[string]reflect.Value{
		"Tikv":     reflect.ValueOf(tikvpb.NewTikvClient(r.conns[0])),
		"PD":       reflect.ValueOf(pdpb.NewPDClient(r.conns[1])),
		"Keyspace": reflect.ValueOf(keyspacepb.NewKeyspaceClient(r.conns[1])),
	}
	return r, nil
}

func (r *rpcs) close() {
	for _, c := range r.conns {
		_ = c.Close() // nothing is left to lose
	}
}

// missing names the first of the RPCs that the cluster does not implement, or nothing.
func (r *rpcs) missing(ctx context.Context, names []string) string {
	for _, name := range names {
		served, seen := r.known[name]
		if !seen {
			served = r.probe(ctx, name)
			r.known[name] = served
		}
		if !served {
			return name
		}
	}
	return ""
}

func (r *rpcs) probe(ctx context.Context, name string) bool {
	ctx, cancel := context.WithTimeout(ctx, r.probeTimeout)
	defer cancel()
	service, method, _ := strings.Cut(name, "/")
	call := r.services[service].MethodByName(method)
	request := reflect.New(call.Type().In(1).Elem())
	r.fill(request.Interface())
	results := call.Call([]reflect.Value{reflect.ValueOf(ctx), request})
	err, _ := results[1].Interface().(error)
	return status.Code(err) != codes.Unimplemented
}

var nobody = []byte("judge-probe")

// fill makes the request complete enough that no server, not even one that trusts its clients, trips over it.
func (r *rpcs) fill(request any) {
	v := reflect.ValueOf(request).Elem()
	if f := v.FieldByName("Header"); f.IsValid() {
		// PD obeys any request of its cluster: nothing more is filled in, so that there is nothing to do.
		f.Set(reflect.ValueOf(&pdpb.RequestHeader{ClusterId: r.clusterID}))
		return
	}
	if f := v.FieldByName("Context"); f.IsValid() {
		f.Set(reflect.ValueOf(&kvrpcpb.Context{}))
	}
	for _, name := range []string{"Key", "StartKey", "PrimaryLock", "PrimaryKey", "Primary"} {
		if f := v.FieldByName(name); f.IsValid() {
			f.SetBytes(nobody)
		}
	}
	if f := v.FieldByName("EndKey"); f.IsValid() {
		f.SetBytes(append(nobody, 0))
	}
	for _, name := range []string{"Keys", "SplitKeys"} {
		if f := v.FieldByName(name); f.IsValid() {
			f.Set(reflect.ValueOf([][]byte{nobody}))
		}
	}
	if f := v.FieldByName("Mutations"); f.IsValid() {
		op := kvrpcpb.Op_Put
		if _, lock := request.(*kvrpcpb.PessimisticLockRequest); lock {
			op = kvrpcpb.Op_PessimisticLock
		}
		f.Set(reflect.ValueOf([]*kvrpcpb.Mutation{{Op: op, Key: nobody, Value: nobody}}))
	}
	for _, name := range []string{"StartVersion", "StartTs", "Version", "LockTs", "Generation"} {
		if f := v.FieldByName(name); f.IsValid() {
			f.SetUint(1)
		}
	}
	if c, commit := request.(*kvrpcpb.CommitRequest); commit {
		c.CommitVersion = 2
	}
}
