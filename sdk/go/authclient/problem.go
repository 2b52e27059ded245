package authclient

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Problem is an error that the server answered with (RFC 9457). Switch on Code;
// the codes are at docs/errors.
type Problem struct {
	Status    int          `json:"status"`
	Code      string       `json:"code"`
	Title     string       `json:"title"`
	Detail    string       `json:"detail"`
	RequestID string       `json:"request_id"`
	Errors    []FieldError `json:"errors"`
	// RetryAfter is for how long not to ask again; zero where nothing was said.
	RetryAfter time.Duration `json:"-"`
}

// FieldError is the fault of one field.
type FieldError struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// Error says what happened, and by which request it is found in the logs.
func (p *Problem) Error() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	return fmt.Sprintf("aiwfe-auth answered %d %s: %s (request %s)", p.Status, p.Code, text, p.RequestID)
}

// ErrNoCredential is for a request that shows nothing: a stranger.
var ErrNoCredential = errors.New("no credential was sent")

// Refusal is a credential that does not count, found out without asking.
type Refusal struct{ Reason string }

// Error is the reason, which never contains the credential.
func (r *Refusal) Error() string { return "the credential does not count: " + r.Reason }

// Unavailable is a question that could not be answered. It says nothing about
// the person.
type Unavailable struct{ Err error }

// Error says what kept the answer away.
func (u *Unavailable) Error() string {
	return "whether somebody is signed in is not known: " + u.Err.Error()
}

// Unwrap gives the cause.
func (u *Unavailable) Unwrap() error { return u.Err }

// IsSignedOut is true for what only signing in can mend. It is never true
// when the server or its database was away.
func IsSignedOut(err error) bool {
	var p *Problem
	var r *Refusal
	return errors.Is(err, ErrNoCredential) || errors.As(err, &r) ||
		errors.As(err, &p) && p.Status == http.StatusUnauthorized
}

// HasCode says whether the server answered with this code.
func HasCode(err error, code string) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code == code
}

// IsUnavailable is true for what may be right again in a moment: no answer, 429
// and 5xx.
func IsUnavailable(err error) bool {
	var u *Unavailable
	var p *Problem
	return errors.As(err, &u) || errors.As(err, &p) && (p.Status >= 500 || p.Status == http.StatusTooManyRequests)
}

// problemOf reads an answer that is no success. One that the server did not write,
// such as the page of a proxy, keeps its status and gets the code "unexpected_answer".
// A 401 counts as one only in the server's own words: a proxy's is no sign-out.
func problemOf(res *http.Response, body []byte) *Problem {
	p := &Problem{}
	if mediaType(res) != "application/problem+json" || json.Unmarshal(body, p) != nil || p.Code == "" {
		p = &Problem{
			Code: "unexpected_answer", Title: "The answer is none of aiwfe-auth; look at what stands between.",
			RequestID: res.Header.Get("X-Request-Id"),
		}
		p.Status = res.StatusCode
		if p.Status < 500 {
			p.Status = http.StatusBadGateway
		}
	} else {
		p.Status = res.StatusCode
	}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		p.RetryAfter = time.Duration(min(s, 24*3600)) * time.Second
	}
	return p
}
