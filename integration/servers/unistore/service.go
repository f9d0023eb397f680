package main

import (
	"context"
	"fmt"
	"log"
	"reflect"
	"runtime/debug"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/tikvpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// service answers the tikvpb.Tikv RPCs: transactions come from TiDB's engine, everything its own server leaves
// empty (raw commands, BatchCommands, some small ones) is ours.
type service struct {
	*tikv.Server
	store *store
	raw   *rawEngine
	api   apiVersion

	pending  *pendingWrites
	commands map[reflect.Type]command
}

func newService(engine *tikv.Server, st *store, api apiVersion) *service {
	s := &service{Server: engine, store: st, raw: newRawEngine(), api: api, pending: newPendingWrites()}
	s.commands = commandTable(s)
	return s
}

var _ tikvpb.TikvServer = (*service)(nil)

// GetStoreSafeTS has no resolved timestamp to offer: 0 means unknown.
func (s *service) GetStoreSafeTS(context.Context, *kvrpcpb.StoreSafeTSRequest) (*kvrpcpb.StoreSafeTSResponse, error) {
	return &kvrpcpb.StoreSafeTSResponse{}, nil
}

// GetHealthFeedback says that this store is never slow.
func (s *service) GetHealthFeedback(context.Context, *kvrpcpb.GetHealthFeedbackRequest) (*kvrpcpb.GetHealthFeedbackResponse, error) {
	return &kvrpcpb.GetHealthFeedbackResponse{HealthFeedback: &kvrpcpb.HealthFeedback{
		StoreId: s.store.meta.Id, FeedbackSeqNo: uint64(time.Now().UnixNano()), SlowScore: 1,
	}}, nil
}

// BroadcastTxnStatus is a hint to other stores; there are none.
func (s *service) BroadcastTxnStatus(context.Context, *kvrpcpb.BroadcastTxnStatusRequest) (*kvrpcpb.BroadcastTxnStatusResponse, error) {
	return &kvrpcpb.BroadcastTxnStatusResponse{}, nil
}

// ReadIndex, Compact and GetLockWaitHistory are refused as TiKV does; the engine would answer nonsense or panic.
func (s *service) ReadIndex(context.Context, *kvrpcpb.ReadIndexRequest) (*kvrpcpb.ReadIndexResponse, error) {
	return nil, notServed("ReadIndex")
}

func (s *service) Compact(context.Context, *kvrpcpb.CompactRequest) (*kvrpcpb.CompactResponse, error) {
	return nil, notServed("Compact")
}

func (s *service) GetLockWaitHistory(context.Context, *kvrpcpb.GetLockWaitHistoryRequest) (*kvrpcpb.GetLockWaitHistoryResponse, error) {
	return nil, notServed("GetLockWaitHistory")
}

// KvImport is refused: the engine would say yes and store nothing.
func (s *service) KvImport(context.Context, *kvrpcpb.ImportRequest) (*kvrpcpb.ImportResponse, error) {
	return nil, notServed("KvImport")
}

func notServed(name string) error {
	return status.Errorf(codes.Unimplemented, "%s is not served by this store", name)
}

// contain turns a panic of the engine into an error of the one call. A real store would end; a judge must not.
func contain(what string, err *error) {
	if cause := recover(); cause != nil {
		log.Printf("%s panicked: %v\n%s", what, cause, debug.Stack())
		*err = status.Error(codes.Internal, fmt.Sprintf("%s panicked: %v", what, cause))
	}
}

func containUnary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	defer contain(info.FullMethod, &err)
	return next(ctx, req)
}
