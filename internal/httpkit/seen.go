package httpkit

import (
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// What follows is for who looks closer at an answered request. It is read from
// what the request holds anyway: an answer that is in order costs nothing.

// Sent says which of our cookies the request carried, broken or not.
func (q *Request) Sent() (session, csrf bool) {
	return q.Client.SessionCookie != "" || q.brokenSession, q.sentCSRF
}

// Sets says which of our cookies the answer gives; taking one away is not.
func (q *Request) Sets() (session, csrf bool) {
	for _, line := range q.Header()["Set-Cookie"] {
		name, rest, _ := strings.Cut(line, "=")
		if strings.Contains(rest, "; Max-Age=0") {
			continue
		}
		session = session || name == q.kit.names.session
		csrf = csrf || name == q.kit.names.csrf
	}
	return session, csrf
}

// Failure is the fault that was answered, nil for none.
func (q *Request) Failure() *fault.Error { return q.failed }

// TurnedAway notes the origin of an application that a person wanted to open and
// did not get to: a proxy of ours asked about it.
func (q *Request) TurnedAway(origin string) { q.wanted = origin }

// Wanted is that origin, "" for none.
func (q *Request) Wanted() string { return q.wanted }

// Forwarded is the last address of X-Forwarded-For, whoever wrote it; "?" where
// only another header of that family came, and "" where none did.
func (q *Request) Forwarded() string {
	h := q.r.Header
	if all := h["X-Forwarded-For"]; len(all) > 0 {
		last := all[len(all)-1]
		if i := strings.LastIndexByte(last, ','); i >= 0 {
			last = last[i+1:]
		}
		return strings.TrimSpace(last)
	}
	if len(h["X-Forwarded-Proto"])+len(h["X-Forwarded-Host"])+len(h["Forwarded"])+len(h["X-Real-Ip"]) > 0 {
		return "?"
	}
	return ""
}

// SameOrigin says that the browser itself calls the page one of this address.
func (q *Request) SameOrigin() bool { return q.question.FetchSite == "same-origin" }
