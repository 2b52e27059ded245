package httpkit

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/csrf"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// Request is one request on its way through. It is also the ResponseWriter,
// so that the log line knows what was answered.
type Request struct {
	kit *Kit
	r   *http.Request
	w   http.ResponseWriter

	// ID is the X-Request-ID of the answer.
	ID string
	// Client is who asks.
	Client login.Client
	// Proxied is set when the peer is a trusted proxy.
	Proxied bool

	question  csrf.Question
	browserID string
	// ours is set when the request carries a cookie of ours, broken or not.
	ours bool
	// brokenSession is set when the session cookie cannot be one of ours.
	brokenSession bool
	// sentCSRF is set when the request carried the csrf cookie.
	sentCSRF bool

	// person is who asks, once it is known; byCookie is the answer of the cookie.
	person   *login.Person
	byToken  identity
	byCookie identity

	// healed is set once stray cookies were looked for, renewal when a form came
	// back for its token.
	healed, renewal bool

	// lang is the language of the answer, once it is known; spoke is set when
	// the headers tell it.
	lang  string
	spoke bool

	// traceID is of the trace that the request is a part of; "" where none is sent.
	traceID string

	status int
	bytes  int64
	failed *fault.Error
	// wanted is the origin of an application where somebody was turned away.
	wanted string
	// sentToken is set when a CSRF token came, wherever it stood.
	sentToken bool
	// behind is set when it is for an application behind this server, theirs when
	// the answer is one's.
	behind, theirs bool
}

// identity is an answer to who asks, remembered for the rest of the request.
type identity struct {
	known  bool
	person *login.Person
	err    error
}

// From finds the request that Server made: it is the ResponseWriter, or lies
// beneath one that wraps it. The context would cost a copy of the whole
// http.Request each time, and outlives the request where somebody keeps it.
func From(w http.ResponseWriter) *Request {
	for {
		switch v := w.(type) {
		case *Request:
			return v
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return nil
		}
	}
}

// Header is the answer's.
func (q *Request) Header() http.Header { return q.w.Header() }

// WriteHeader notes the status, unless it only tells that one will follow.
func (q *Request) WriteHeader(status int) {
	if q.status == 0 && status >= http.StatusOK {
		q.status = status
		q.dress()
	}
	q.w.WriteHeader(status)
}

// Write notes the size.
func (q *Request) Write(b []byte) (int, error) {
	if q.status == 0 {
		q.status = http.StatusOK
		q.dress()
	}
	n, err := q.w.Write(b)
	q.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController find the writer beneath.
func (q *Request) Unwrap() http.ResponseWriter { return q.w }

// HTTP is the request as the library sees it.
func (q *Request) HTTP() *http.Request { return q.r }

// Context is the request's.
func (q *Request) Context() context.Context { return q.r.Context() }

// Kit is the kit that serves it.
func (q *Request) Kit() *Kit { return q.kit }

// Now is the time.
func (q *Request) Now() time.Time { return q.kit.o.Now() }

// look reads what the request says of its sender.
func (q *Request) look() {
	ip, network, trusted := q.kit.address(q.r)
	q.Proxied = trusted
	if trusted {
		q.ID = q.r.Header.Get("X-Request-Id")
	}
	if !goodRequestID(q.ID) {
		q.ID = q.kit.ids.next()
	}
	agent := q.r.UserAgent()
	if len(agent) > maxAgent {
		agent = agent[:maxAgent]
	}
	q.Client.Client = audit.Client{IP: ip, UserAgent: strings.ToValidUTF8(agent, "\uFFFD"), RequestID: q.ID}
	q.Client.Network = network
	q.question = question(q.r.Header)
	q.Client.Browser = q.question.HasOrigin || q.question.HasFetchSite
	q.Client.Origin = q.question.Origin
	if !safe(q.r.Method) { // a letter may come of it
		defer func() { q.Client.Lang = q.Lang() }()
	}
	if len(q.r.Header["Cookie"]) == 0 {
		return
	}
	names := &q.kit.names
	var brokenCSRF, brokenDevice bool
	q.Client.SessionCookie, q.brokenSession = q.cookie(names.session)
	q.browserID, brokenCSRF = q.cookie(names.csrf)
	q.Client.DeviceCookie, brokenDevice = q.cookie(names.device)
	q.Client.BrowserID = q.browserID
	q.sentCSRF = q.browserID != "" || brokenCSRF
	q.ours = q.Client.SessionCookie != "" || q.browserID != "" || q.Client.DeviceCookie != "" ||
		q.brokenSession || brokenCSRF || brokenDevice
}

func question(h http.Header) csrf.Question {
	origin, hasOrigin := h["Origin"]
	site, hasSite := h["Sec-Fetch-Site"]
	return csrf.Question{
		Origin: strings.Join(origin, ", "), HasOrigin: hasOrigin,
		FetchSite: strings.Join(site, ", "), HasFetchSite: hasSite,
	}
}

// FromBrowser says whether a browser sent it: it carries Origin or
// Sec-Fetch-Site, or a cookie of ours.
func (q *Request) FromBrowser() bool { return q.Client.Browser || q.ours }

// Person says who asks. A bearer token, once shown, is what counts: a cookie
// never stands in for one that is not valid.
func (q *Request) Person() (*login.Person, error) {
	sent, shown := q.r.Header["Authorization"]
	if !shown {
		return q.ByCookie()
	}
	if !q.byToken.known {
		q.byToken.known = true
		q.byToken.person, q.byToken.err = q.identify(sent)
		q.person = q.byToken.person
	}
	return q.byToken.person, q.byToken.err
}

func (q *Request) identify(sent []string) (*login.Person, error) {
	token, ok := bearer(sent)
	if !ok {
		return nil, fault.New(api.CodeTokenInvalid, "authorization_malformed",
			"The Authorization header must be of the form: Bearer TOKEN.")
	}
	return q.kit.o.Login.ByToken(q.Context(), token, q.Client)
}

// ByCookie says who the session cookie belongs to, whatever else is shown.
func (q *Request) ByCookie() (*login.Person, error) {
	if !q.byCookie.known {
		q.byCookie.known = true
		q.byCookie.person, q.byCookie.err = q.readCookie()
		if q.person == nil {
			q.person = q.byCookie.person
		}
	}
	return q.byCookie.person, q.byCookie.err
}

func (q *Request) readCookie() (*login.Person, error) {
	switch {
	case q.brokenSession:
		return nil, fault.New(api.CodeNotAuthenticated, "session_cookie_broken", "Please sign in.")
	case q.Client.SessionCookie == "":
		return nil, fault.New(api.CodeNotAuthenticated, "no_credential", "Please sign in.")
	}
	return q.kit.o.Login.ByCookie(q.Context(), q.Client.SessionCookie)
}

func bearer(sent []string) (string, bool) {
	if len(sent) != 1 {
		return "", false
	}
	scheme, token, ok := strings.Cut(sent[0], " ")
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

// Known is who asks, if that was found out already; it asks nobody.
func (q *Request) Known() *login.Person { return q.person }

// Require says who asks and refuses strangers.
func (q *Request) Require(role Role) (*login.Person, error) {
	p, err := q.Person()
	if err != nil {
		return nil, err
	}
	if err := allowed(p, q.r.Method); err != nil {
		return nil, err
	}
	if role == Admin && !(p.User().IsAdmin() && scoped(p, "admin")) {
		return nil, fault.New(api.CodeForbidden, "role_admin_needed", "This needs an administrator.")
	}
	return p, nil
}

// allowed holds a token to its scopes: one that may only read changes nothing.
func allowed(p *login.Person, method string) error {
	scope := "write"
	if safe(method) {
		scope = "read"
	}
	if !p.Bearer || scoped(p, scope) {
		return nil
	}
	return fault.New(api.CodeForbidden, "scope_missing", "This token has not the scope for it: "+scope+".")
}

func scoped(p *login.Person, scope string) bool {
	for _, s := range p.Scopes {
		if s == scope {
			return true
		}
	}
	return false
}

// Role is who may call an endpoint.
type Role int

// Roles.
const (
	Anybody Role = iota
	Signed
	Admin
)

// Log is the request's logger.
func (q *Request) Log() *slog.Logger { return q.kit.o.Log }

// Fault notes an error for the log line and turns it into a fault.
func (q *Request) Fault(err error) *fault.Error {
	f := fault.From(err)
	if errors.Is(err, context.Canceled) && f.Code == api.CodeInternal {
		f.Reason = "client_gone"
	}
	q.failed = f
	return f
}

// Use takes the request as the mux handed it on, with its path values.
func (q *Request) Use(r *http.Request) { q.r = r }

// ByToken says whether an access token was looked at, and why it did not count.
func (q *Request) ByToken() (looked bool, err error) { return q.byToken.known, q.byToken.err }
