package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tikverr "github.com/tikv/client-go/v2/error"
	"github.com/tikv/client-go/v2/rawkv"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// answer holds the fields of one line of JSON.
type answer map[string]any

// failure is an error that knows its code.
type failure struct {
	code, message string
}

func (f failure) Error() string { return f.message }

func invalid(format string, args ...any) error {
	return failure{"INVALID_ARGUMENT", fmt.Sprintf(format, args...)}
}

// unsupported is for what client-go, or this program over it, has no call for.
func unsupported(what string) error { return failure{"UNSUPPORTED", "client-go: " + what} }

var retryable = map[string]bool{
	"REQUEST_TIMEOUT": true, "REGION_UNAVAILABLE": true, "WRITE_CONFLICT": true, "DEADLOCK": true, "KEY_LOCKED": true,
}

func failed(err error) answer {
	code := codeOf(err)
	return answer{"ok": false, "error": map[string]any{
		"code": code, "message": err.Error(), "retryable": retryable[code], "undetermined": tikverr.IsErrorUndetermined(err),
	}}
}

func codeOf(err error) string {
	var known failure
	if errors.As(err, &known) {
		return known.code
	}
	if code := transactionCode(err); code != "" {
		return code
	}
	switch {
	case errors.Is(err, rawkv.ErrMaxScanLimitExceeded):
		return "INVALID_ARGUMENT"
	case errors.Is(err, context.DeadlineExceeded):
		return "REQUEST_TIMEOUT"
	}
	return codeOfText(err)
}

func transactionCode(err error) string {
	var deadlock *tikverr.ErrDeadlock
	var keyLarge *tikverr.ErrKeyTooLarge
	var entryLarge *tikverr.ErrEntryTooLarge
	switch {
	case tikverr.IsErrWriteConflict(err):
		return "WRITE_CONFLICT"
	case tikverr.IsErrKeyExist(err):
		return "KEY_EXISTS"
	case errors.As(err, &deadlock):
		return "DEADLOCK"
	case errors.Is(err, tikverr.ErrLockAcquireFailAndNoWaitSet), errors.Is(err, tikverr.ErrLockWaitTimeout),
		errors.Is(err, tikverr.ErrResolveLockTimeout):
		return "KEY_LOCKED"
	case errors.Is(err, tikverr.ErrInvalidTxn):
		return "TRANSACTION_ABORTED"
	case errors.Is(err, tikverr.ErrCannotSetNilValue), errors.As(err, &keyLarge), errors.As(err, &entryLarge):
		return "INVALID_ARGUMENT"
	}
	return ""
}

// serverWords are the errors that stores report in words only: a real TiKV's, then the independent store's.
var serverWords = []struct{ words, code string }{
	{"ttl is not enabled", "TTL_NOT_SUPPORTED"},
	{"max key size exceeded", "INVALID_ARGUMENT"},
	{"invalid cf name", "INVALID_ARGUMENT"},
	{"cf is deprecated", "INVALID_ARGUMENT"},
	{"raft entry is too large", "RAFT_ENTRY_TOO_LARGE"},
	{"raft_entry_too_large", "RAFT_ENTRY_TOO_LARGE"},
	{"PessimisticLockNotFound", "TRANSACTION_ABORTED"},
	{"TxnLockNotFound", "TRANSACTION_ABORTED"},
	{"already been rolled back", "TRANSACTION_ABORTED"},
	{"TTL is not enabled", "TTL_NOT_SUPPORTED"},
	{"no column family", "INVALID_ARGUMENT"},
	{"are allowed", "INVALID_ARGUMENT"},
}

func codeOfText(err error) string {
	for e := err; e != nil; e = errors.Unwrap(e) {
		if s, ok := status.FromError(e); ok && s.Code() == codes.Unimplemented {
			return "UNSUPPORTED"
		}
	}
	text := err.Error()
	if strings.Contains(text, "code = Unimplemented") {
		return "UNSUPPORTED"
	}
	for _, known := range serverWords {
		if strings.Contains(text, known.words) {
			return known.code
		}
	}
	return "SERVER_ERROR"
}
