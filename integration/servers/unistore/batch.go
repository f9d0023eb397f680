package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"reflect"

	"github.com/pingcap/kvproto/pkg/tikvpb"
)

const (
	maxInFlight = 4096 // commands of one stream at work; the stream is read no further beyond
	maxMerged   = 256  // answers in one message
)

// command is how one kind of batched command is carried out: the unary handler of the same name, found once.
type command struct {
	handler  reflect.Value // func(context.Context, request) (response, error)
	response reflect.Type  // the oneof wrapper of the answer
}

// commandTable maps the oneof wrapper type of a batched request to its command. Wrappers are named
// BatchCommandsRequest_Request_X and their handlers X or KvX (in one case KVX).
func commandTable(target any) map[reflect.Type]command {
	responses := map[string]reflect.Type{}
	for _, w := range (*tikvpb.BatchCommandsResponse_Response)(nil).XXX_OneofWrappers() {
		t := reflect.TypeOf(w).Elem()
		responses[t.Field(0).Name] = t
	}
	table := map[reflect.Type]command{}
	server := reflect.ValueOf(target)
	for _, w := range (*tikvpb.BatchCommandsRequest_Request)(nil).XXX_OneofWrappers() {
		t := reflect.TypeOf(w)
		field := t.Elem().Field(0)
		for _, name := range []string{field.Name, "Kv" + field.Name, "KV" + field.Name} {
			h := server.MethodByName(name)
			if h.IsValid() && h.Type().NumIn() == 2 && h.Type().In(1) == field.Type {
				table[t] = command{handler: h, response: responses[field.Name]}
				break
			}
		}
	}
	return table
}

// Empty carries out the batched command Empty, which has no unary twin.
func (s *service) Empty(_ context.Context, req *tikvpb.BatchCommandsEmptyRequest) (*tikvpb.BatchCommandsEmptyResponse, error) {
	return &tikvpb.BatchCommandsEmptyResponse{TestId: req.TestId}, nil
}

type answer struct {
	id   uint64
	body *tikvpb.BatchCommandsResponse_Response
}

// BatchCommands works on every command in its own goroutine, because a pessimistic lock may wait for another command
// of the same stream, and sends answers as they come, those that are ready together in one message.
func (s *service) BatchCommands(stream tikvpb.Tikv_BatchCommandsServer) error {
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	answers := make(chan answer, maxInFlight)
	received := make(chan error, 1)
	go func() { received <- s.receive(ctx, stream, answers) }()
	for {
		select {
		case err := <-received:
			return err
		case a := <-answers:
			if err := stream.Send(merge(a, answers)); err != nil {
				return err
			}
		}
	}
}

func (s *service) receive(ctx context.Context, stream tikvpb.Tikv_BatchCommandsServer, answers chan<- answer) error {
	slots := make(chan struct{}, maxInFlight)
	for {
		batch, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for i := range min(len(batch.Requests), len(batch.RequestIds)) {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			go func() {
				defer func() { <-slots }()
				a := answer{id: batch.RequestIds[i], body: s.carryOut(ctx, batch.Requests[i])}
				select {
				case answers <- a:
				case <-ctx.Done():
				}
			}()
		}
	}
}

func merge(first answer, more <-chan answer) *tikvpb.BatchCommandsResponse {
	out := &tikvpb.BatchCommandsResponse{}
	add := func(a answer) {
		out.RequestIds = append(out.RequestIds, a.id)
		out.Responses = append(out.Responses, a.body)
	}
	add(first)
	for len(out.RequestIds) < maxMerged {
		select {
		case a := <-more:
			add(a)
		default:
			return out
		}
	}
	return out
}

// carryOut answers one command. What cannot be answered gets an empty answer, as a request without a command does.
func (s *service) carryOut(ctx context.Context, req *tikvpb.BatchCommandsRequest_Request) *tikvpb.BatchCommandsResponse_Response {
	out := &tikvpb.BatchCommandsResponse_Response{}
	if req.Cmd == nil {
		return out
	}
	body, err := s.call(ctx, reflect.ValueOf(req.Cmd))
	if err != nil {
		log.Printf("batched %T: %v", req.Cmd, err)
		return out
	}
	reflect.ValueOf(out).Elem().FieldByName("Cmd").Set(body)
	return out
}

func (s *service) call(ctx context.Context, wrapper reflect.Value) (body reflect.Value, err error) {
	defer contain(wrapper.Type().String(), &err)
	c, known := s.commands[wrapper.Type()]
	if !known {
		return body, fmt.Errorf("not served")
	}
	results := c.handler.Call([]reflect.Value{reflect.ValueOf(ctx), wrapper.Elem().Field(0)})
	if failure := results[1]; !failure.IsNil() {
		return body, failure.Interface().(error)
	}
	body = reflect.New(c.response)
	body.Elem().Field(0).Set(results[0])
	return body, nil
}
