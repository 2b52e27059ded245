package httpkit

import (
	"cmp"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/audit"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// bodyTime is how long a client may take to send a body, whoever reads it: of
// one that nobody does the library reads some by itself.
const bodyTime = 8 * time.Second

// Server is the outermost handler: it makes the Request, sets the headers that
// every answer carries, answers CORS, catches panics and writes the log line.
func (k *Kit) Server(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := k.o.Now()
		q := &Request{kit: k, w: w, r: r}
		q.look()
		q.follow(began)
		r = q.r
		q.guard()
		if q.behind = k.behind(r); !q.behind {
			k.headers(q, w.Header())
		}
		if r.Body != http.NoBody {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(bodyTime))
		}
		defer func() {
			p := recover()
			cut := p != nil && q.status != 0 // what was sent so far must not look like the whole answer
			if p != nil && p != http.ErrAbortHandler {
				k.o.Log.Error("a handler panicked", "request_id", q.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				if q.status == 0 {
					q.Fail(fault.New(api.CodeInternal, "panic", fault.Internal(nil).Detail))
				}
			}
			if q.status == 0 {
				q.dress()
			}
			ended := k.o.Now()
			k.done(q, Done{Method: r.Method, Route: q.r.Pattern, Status: q.status, Took: ended.Sub(began), At: ended, Request: q})
			k.trace(q, ended, ended.Sub(began))
			if cut || p == http.ErrAbortHandler {
				panic(http.ErrAbortHandler)
			}
		}()
		switch {
		case q.behind:
			q.share()
			next.ServeHTTP(q, r)
		case k.leads(r):
			k.toPublic(q)
		case r.Method == http.MethodConnect:
			q.Fail(fault.New(api.CodeMethodNotAllowed, "connect", "This server is no proxy."))
		case k.cors(q):
		default:
			next.ServeHTTP(q, r)
		}
	})
}

// behind says whether a request is for an application.
func (k *Kit) behind(r *http.Request) bool {
	return k.o.Theirs != nil && r.Method != http.MethodConnect && !k.leads(r) && k.o.Theirs(r)
}

// leads says whether a request is led from an alias to our own address.
func (k *Kit) leads(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && k.alias(r)
}

// toPublic redirects from an alias. A request line such as "GET x:@evil.com"
// has no path, and what it has would become a part of the host.
func (k *Kit) toPublic(q *Request) {
	if !clean(q.r.URL.Path) || q.r.URL.Opaque != "" {
		q.Fail(fault.New(api.CodeNotFound, "no_such_route", "There is nothing at this address."))
		return
	}
	http.Redirect(q, q.r, k.URL(q.r.URL.RequestURI()), http.StatusPermanentRedirect)
}

// cors lets listed origins read answers, refusals included, and answers the
// browser's preflight. It reports whether the request is answered.
func (k *Kit) cors(q *Request) bool {
	if !q.question.HasOrigin {
		return false
	}
	h := q.Header()
	allowed := q.share()
	if !q.preflight() || k.o.HandedOn(q.r) {
		return false
	}
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	if !allowed {
		q.Fail(fault.New(api.CodeOriginNotAllowed, "preflight_origin_not_listed",
			"Requests from this origin are not allowed. The operator can list it in CORS_ORIGINS."))
		return true
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, X-CSRF-TOKEN, X-Request-ID")
	h.Set("Access-Control-Max-Age", "600")
	q.WriteHeader(http.StatusNoContent)
	return true
}

// share lets an origin that is listed read the answer, and says whether it is one.
func (q *Request) share() bool {
	if !q.question.HasOrigin {
		return false
	}
	h := q.Header()
	h.Add("Vary", "Origin")
	allowed := q.kit.o.CSRF.Origins().Allowed(q.question.Origin)
	if allowed {
		h.Set("Access-Control-Allow-Origin", q.question.Origin)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Expose-Headers", "X-Request-ID, Retry-After, WWW-Authenticate, Deprecation, Sunset")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	return allowed
}

// done writes the one log line of the request and tells the metrics.
func (k *Kit) done(q *Request, d Done) {
	if d.Status == 0 {
		d.Status = http.StatusOK
	}
	if f := q.failed; f != nil {
		d.Code, d.Reason = f.Code, f.Reason
		q.tally(f)
	}
	k.line(q, d)
	k.o.Done(d)
	if k.o.Spans != nil {
		k.o.Spans.End(d)
	}
}

// tally counts refusals that were decided before a credential was looked at;
// the others have their own audit row.
func (q *Request) tally(f *fault.Error) {
	switch f.Code {
	case api.CodeOriginNotAllowed, api.CodeCSRFTokenMissing, api.CodeCSRFTokenInvalid, api.CodeCSRFTokenExpired,
		api.CodeMalformedJSON, api.CodeMalformedRequest, api.CodeBodyTooLarge, api.CodeUnsupportedMediaType,
		api.CodeTooManyAttempts, api.CodeOverloaded, api.CodeForbidden:
	default:
		return
	}
	row := audit.RefusedBy(audit.EventRequestRefused, q.Client.Client, f)
	row.At, row.Detail = q.Now().UTC(), cmp.Or(q.r.Pattern, q.r.Method) // a pattern begins with its method
	row.Address = f.Address
	if q.person != nil {
		row.User = q.person.User().ID
	}
	q.kit.o.Refused(row)
}
