package outward

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Fault says why something was not taken, and what to do with it. It never
// holds the address, which may be a secret by itself.
type Fault struct {
	// Again says whether the same may be taken later.
	Again bool
	// After is how long the other side asks to wait, zero where it does not say.
	After time.Duration
	// Status is that of the answer, zero without one.
	Status int
	Said   string
	Cause  error
}

func (f *Fault) Error() string {
	if f.Cause != nil {
		return f.Said + ": " + f.Cause.Error()
	}
	return f.Said
}

func (f *Fault) Unwrap() error { return f.Cause }

// AsFault is the fault within an error; any other error may be tried again.
func AsFault(err error) *Fault {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return &Fault{Again: true, Said: "it was not sent", Cause: err}
}

// unreached is a connection that failed or was refused here.
func unreached(what string, err error) *Fault {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // its text has the whole address
	}
	return &Fault{Again: !errors.Is(err, ErrRefused), Said: what, Cause: err}
}

// answered judges an answer: nil for one that took it.
func answered(a *http.Response, now time.Time) error {
	f := &Fault{Status: a.StatusCode, Said: "it answered " + strconv.Itoa(a.StatusCode)}
	switch s := a.StatusCode; {
	case s >= 200 && s < 300:
		return nil
	case s >= 300 && s < 400:
		f.Said += ", a redirect, which is not followed: name the last address itself"
	case s == http.StatusRequestTimeout, s == http.StatusTooEarly, s == http.StatusTooManyRequests, s >= 500:
		f.Again, f.After = true, retryAfter(a.Header.Get("Retry-After"), now)
	}
	return f
}

// longest bounds what another server may have us wait.
const longest = time.Hour

// retryAfter reads both forms of the header (RFC 9110, 10.2.3).
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	var d time.Duration
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		d = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), longest)
}
