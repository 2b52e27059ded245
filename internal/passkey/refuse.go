package passkey

import (
	"errors"
	"fmt"
)

// ErrRefused is what every refused answer is to the outside: one error for all
// of them, so that nobody learns which of the checks was in the way.
var ErrRefused = errors.New("passkey: refused")

// ErrUnusable comes from Begin where Unusable has a sentence.
var ErrUnusable = errors.New("passkey: not usable at this address")

// Reason is the private, stable name of a refusal for audit and log, such as
// "origin_wrong", or "" for any other error.
func Reason(err error) string {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.reason
	}
	return ""
}

type refusal struct {
	reason string
	cause  error
}

func (r *refusal) Error() string {
	if r.cause == nil {
		return ErrRefused.Error() + ": " + r.reason
	}
	return fmt.Sprintf("%v: %s: %v", ErrRefused, r.reason, r.cause)
}

func (r *refusal) Unwrap() []error {
	if r.cause == nil {
		return []error{ErrRefused}
	}
	return []error{ErrRefused, r.cause}
}

func refuse(reason string) error { return &refusal{reason: reason} }

func refuseBecause(reason string, cause error) error { return &refusal{reason: reason, cause: cause} }
