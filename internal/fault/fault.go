// Package fault is the one error type of the program: a stable code for the
// world, a sentence for the person, and the private cause for the operator.
package fault

import (
	"errors"
	"fmt"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Error travels from where something was refused up to the edge untouched. The
// answer, the page and the public metric show Code and Detail; the log and the
// audit row show Reason and Cause as well.
type Error struct {
	// Code is the public name; see api.Codes.
	Code api.Code
	// Detail is a whole, calm sentence that is safe to show to anybody.
	Detail string
	// Reason is the private, stable name of why, in snake case, such as
	// "account_disabled". It never reaches a client.
	Reason string
	// Address is the canonical address that it was decided about, for the audit
	// alone: a limit is decided before anybody knows whether there is an account.
	Address string
	// RetryAfter, when above zero, is told to the client in whole seconds.
	RetryAfter time.Duration
	// Fields are the faults of single fields of the request.
	Fields []Field
	// Cause is the error beneath, for the log only.
	Cause error
	// Report is what was found wrong with the browser, or nil.
	Report *Report
}

// Report is the code under which it is kept what is wrong with a browser, ""
// where there was no room for it, and the name of that.
type Report struct {
	Code  string
	Cause api.Cause
}

// Field is the fault of one field of a request. It never holds the value sent.
type Field struct {
	// Pointer is a JSON Pointer (RFC 6901) into the body, such as "/email".
	Pointer string
	// Code is the field's own stable code, such as "required".
	Code string
	// Detail is a sentence for the person.
	Detail string
}

// New makes a fault. An empty reason is the code itself.
func New(code api.Code, reason, detail string) *Error {
	if reason == "" {
		reason = string(code)
	}
	return &Error{Code: code, Reason: reason, Detail: detail}
}

// Internal wraps an error that nobody foresaw: the person is told nothing of it.
func Internal(cause error) *Error {
	return &Error{
		Code:   api.CodeInternal,
		Reason: "unforeseen",
		Detail: "Something went wrong on our side. Please try again; the request id below helps the operator to find the cause.",
		Cause:  cause,
	}
}

// Invalid is a validation fault made of one field.
func Invalid(pointer, code, detail string) *Error {
	e := New(api.CodeValidationFailed, "", "Please correct the field named below.")
	e.Fields = []Field{{Pointer: pointer, Code: code, Detail: detail}}
	return e
}

// From finds the fault in an error chain; anything untyped becomes an internal one.
func From(err error) *Error {
	if f, ok := errors.AsType[*Error](err); ok {
		return f
	}
	return Internal(err)
}

// Is says whether the chain holds a fault of that code.
func Is(err error, code api.Code) bool {
	f, ok := errors.AsType[*Error](err)
	return ok && f.Code == code
}

// Because returns a copy with the private cause added.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.Cause = cause
	return &c
}

// After returns a copy that asks the client to come back later.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// About returns a copy that names the address it was decided about, for the
// audit.
func (e *Error) About(address string) *Error {
	c := *e
	c.Address = address
	return &c
}

// Error is for the log: code, reason and cause.
func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s (%s): %v", e.Code, e.Reason, e.Cause)
	}
	return fmt.Sprintf("%s (%s)", e.Code, e.Reason)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }
