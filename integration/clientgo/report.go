package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// checkTimeout bounds one check; nothing here takes a quarter of it on a loaded machine.
const checkTimeout = 2 * time.Minute

// check is one named thing to show. needs are the RPCs ("Tikv/RawGet", "PD/ScatterRegion") without which the cluster
// has no server side for it.
type check struct {
	name  string
	needs []string
	run   func(ctx context.Context, j *judge) error
}

// notServed ends a check whose server side does not exist, with the reason.
type notServed struct{ reason string }

func (n notServed) Error() string { return n.reason }

type report struct{ passed, failed, skipped int }

func (r *report) run(ctx context.Context, j *judge, c check) {
	if missing := j.rpcs.missing(ctx, c.needs); missing != "" {
		r.skip(c.name, missing+" is not implemented by the server")
		return
	}
	begun := time.Now()
	err := bounded(ctx, func(ctx context.Context) error { return c.run(ctx, j) })
	took := time.Since(begun)
	var absent notServed
	switch {
	case err == nil:
		r.passed++
		fmt.Printf("ok          %-34s %6d ms\n", c.name, took.Milliseconds())
	case errors.As(err, &absent):
		r.skip(c.name, absent.reason)
	case unimplemented(err):
		r.skip(c.name, err.Error())
	default:
		r.fail(c.name, took, err)
	}
}

// bounded gives up on a check that does not come back, whatever it waits for.
func bounded(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil { // client-go panics at some misuse and at some answers
				done <- wrong("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		done <- f(ctx)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no result: %w", ctx.Err())
	}
}

func (r *report) skip(name, reason string) {
	r.skipped++
	fmt.Printf("not served: %s: %s\n", name, reason)
}

func (r *report) skipAll(checks []check, reason string) {
	for _, c := range checks {
		r.skip(c.name, reason)
	}
}

func (r *report) fail(name string, took time.Duration, err error) {
	r.failed++
	fmt.Printf("FAILED      %-34s %6d ms  %v\n", name, took.Milliseconds(), err)
}

func (r *report) failedAny() bool { return r.failed > 0 }

func (r *report) close() {
	fmt.Printf("%d passed, %d failed, %d not served\n", r.passed, r.failed, r.skipped)
}

// unimplemented looks for the gRPC code in the whole chain, and in the text where client-go has cut the chain.
func unimplemented(err error) bool {
	if err == nil {
		return false
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if s, ok := status.FromError(e); ok && s.Code() == codes.Unimplemented {
			return true
		}
	}
	return strings.Contains(err.Error(), "code = Unimplemented")
}

// wrong is how checks complain.
func wrong(format string, args ...any) error { return fmt.Errorf(format, args...) }

// first gives the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
