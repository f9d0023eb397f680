package main

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/pingcap/kvproto/pkg/kvrpcpb"
	"github.com/pingcap/kvproto/pkg/tikvpb"
	"github.com/pingcap/tidb/pkg/store/mockstore/unistore/tikv"
)

func TestEveryBatchedCommandHasAHandlerAndAnAnswer(t *testing.T) {
	table := commandTable(&service{Server: &tikv.Server{}})
	for _, w := range (*tikvpb.BatchCommandsRequest_Request)(nil).XXX_OneofWrappers() {
		c, known := table[reflect.TypeOf(w)]
		if !known || c.response == nil {
			t.Errorf("%T has no handler", w)
			continue
		}
		if got, want := c.handler.Type().Out(0), c.response.Field(0).Type; got != want {
			t.Errorf("%T: the handler gives %v, the answer holds %v", w, got, want)
		}
	}
}

func TestACommandIsAnsweredInItsOwnKind(t *testing.T) {
	s := newService(&tikv.Server{}, nil, apiV1)
	out := s.carryOut(context.Background(), &tikvpb.BatchCommandsRequest_Request{
		Cmd: &tikvpb.BatchCommandsRequest_Request_Empty{Empty: &tikvpb.BatchCommandsEmptyRequest{TestId: 7}},
	})
	if out.GetEmpty().GetTestId() != 7 {
		t.Errorf("%v", out)
	}
	if none := s.carryOut(context.Background(), &tikvpb.BatchCommandsRequest_Request{}); none.Cmd != nil {
		t.Errorf("no command was answered with %v", none)
	}
}

func TestAPanicOfTheEngineCostsOneAnswerOnly(t *testing.T) {
	s := newService(nil, nil, apiV1) // any transactional command dereferences nil
	out := s.carryOut(context.Background(), &tikvpb.BatchCommandsRequest_Request{
		Cmd: &tikvpb.BatchCommandsRequest_Request_Commit{Commit: &kvrpcpb.CommitRequest{}},
	})
	if out.Cmd != nil {
		t.Errorf("%v", out)
	}
}

func TestLatchesOfOneRequestAreTakenTogether(t *testing.T) {
	l := newLatches()
	l.acquire([]uint64{1, 2, 2})
	second := make(chan struct{})
	go func() {
		l.acquire([]uint64{3, 2})
		close(second)
	}()
	select {
	case <-second:
		t.Fatal("a held latch was given twice")
	case <-time.After(20 * time.Millisecond):
	}
	l.acquire([]uint64{3}) // the waiter holds nothing meanwhile
	l.release([]uint64{3})
	l.release([]uint64{1, 2, 2})
	<-second
}

func TestReadsWaitForPendingWritesOfTheirKeysOnly(t *testing.T) {
	p := newPendingWrites()
	marked := []*kvrpcpb.Mutation{{Key: []byte("k")}}
	p.mark(marked)
	p.awaitKeys([]byte("j"))
	p.awaitRange([]byte("a"), []byte("k"))
	var readers sync.WaitGroup
	for _, read := range []func(){
		func() { p.awaitKeys([]byte("a"), []byte("k")) },
		func() { p.awaitRange([]byte("k"), nil) },
	} {
		readers.Add(1)
		go func() {
			defer readers.Done()
			read()
		}()
	}
	p.unmark(marked)
	readers.Wait()
	if len(p.keys) > 0 {
		t.Errorf("left: %v", p.keys)
	}
}
