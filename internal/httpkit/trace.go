package httpkit

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/trace"
)

// Tracer keeps what is told of requests to operators; see trace.Recorder.
type Tracer interface {
	// Counted hears that a browser's session counted; it must cost nothing.
	Counted(browser string, at time.Time)
	LastCounted(browser string) int64
	// Remember takes a request that went well, Keep one that is to be written.
	Remember(trace.Row)
	Keep(trace.Row)
}

// ReasonUnexplained is why nothing is said of an id that nobody knows.
const ReasonUnexplained = "explained_unknown"

// story are the requests of an attempt to sign in that are told of although
// they went well, and whether they are written at once or only if a later one
// of the same browser is refused.
var story = map[string]bool{
	"GET /login": false, "GET /login/verify": false, "GET /login/enroll": false, "GET /register": false,
	"GET /reauth":                 false,
	"GET /api/v1/auth/csrf-token": false, "POST /api/v1/auth/jwt/refresh": false,
	"POST /api/v1/auth/2fa/webauthn/login/options": false,

	"POST /login": true, "POST /login/passkey": true, "POST /login/verify": true, "POST /login/enroll": true,
	"POST /logout": true, "POST /reauth": true, "POST /setup": true, "POST /invitation": true,
	"POST /api/v1/auth/jwt/login": true, "POST /api/v1/auth/2fa/challenge": true,
	"POST /api/v1/auth/2fa/webauthn/login/verify": true,
	"POST /api/v1/auth/jwt/logout":                true, "POST /api/v1/auth/reauth": true,
}

// trace tells of the request, if it is one to tell of. The check of a session
// that counts passes here each time, and allocates nothing.
func (k *Kit) trace(q *Request, at time.Time, took time.Duration) {
	if k.o.Trace == nil {
		return
	}
	refused := q.failed != nil || q.status >= http.StatusBadRequest && !q.theirs
	if !refused && q.byCookie.person != nil {
		k.o.Trace.Counted(q.browserID, at)
	}
	write, told := story[q.r.Pattern]
	if !refused && !told || q.failed != nil && q.failed.Reason == ReasonUnexplained {
		return // whoever looks for an id must not push out what is looked for
	}
	row := q.row(at, took)
	if refused {
		row.Good = k.o.Trace.LastCounted(q.Client.BrowserID)
	}
	if refused || write {
		k.o.Trace.Keep(row)
		return
	}
	k.o.Trace.Remember(row)
}

func (q *Request) row(at time.Time, took time.Duration) trace.Row {
	h := q.r.Header
	row := trace.Row{
		At: at.UTC(), RequestID: q.ID, Network: q.Client.Network,
		Place: trace.Hash("place", q.Client.Network+"\n"+q.Client.UserAgent),
		Facts: trace.Facts{
			Method: q.r.Method, Route: q.r.Pattern, Status: cmp.Or(q.status, http.StatusOK),
			IP: q.Client.IP, Agent: q.Client.UserAgent,
			Proxied: q.Proxied, Forwarded: forwarded(h), Origin: q.question.Origin, FetchSite: q.question.FetchSite,
			Bearer: len(h["Authorization"]) > 0, Took: took.Milliseconds(), Micros: at.UnixMicro(),
		},
	}
	if p := peerFor(q.r); p.IsValid() && p.text != q.Client.IP {
		row.Peer = p.String()
	}
	if f := q.failed; f != nil {
		row.Code, row.Reason, row.Address = f.Code, f.Reason, f.Address
		if f.Cause != nil {
			row.Cause = f.Cause.Error()
		}
	}
	if q.person != nil {
		row.User, row.Session = string(q.person.User().ID), q.person.Session.ID
	}
	if q.sentToken {
		row.Token = "body"
		if h.Get(CSRFHeader) != "" {
			row.Token = "header"
		}
	}
	row.Scheme, row.Host, row.Sent = q.asked()
	q.cookiesOf(&row)
	return row
}

func forwarded(h http.Header) bool {
	return len(h["X-Forwarded-For"]) > 0 || len(h["Forwarded"]) > 0 || len(h["X-Real-Ip"]) > 0 ||
		len(h["X-Forwarded-Proto"]) > 0
}

// asked is the address that the client asked for, as far as the headers that
// count tell, and the Host that came where it is another one. Behind a proxy
// that does not say so, nobody knows the scheme.
func (q *Request) asked() (scheme, host, sent string) {
	host = q.r.Host
	switch {
	case q.r.TLS != nil:
		scheme = "https"
	case !forwarded(q.r.Header):
		scheme = "http"
	}
	if !q.Proxied {
		return scheme, host, ""
	}
	scheme = cmp.Or(q.r.Header.Get("X-Forwarded-Proto"), scheme)
	if other := q.r.Header.Get("X-Forwarded-Host"); other != "" && other != host {
		host, sent = other, host
	}
	return scheme, host, sent
}

// cookiesOf notes the names of our cookies, and by which the browser is known.
func (q *Request) cookiesOf(row *trace.Row) {
	for _, c := range q.r.Cookies() {
		if !strings.Contains(c.Name, "aiwfe_") || strings.HasSuffix(c.Name, "_lang") {
			continue
		}
		row.Came = counted(row.Came, trace.Cookie{
			Name: c.Name, Broken: c.Quoted || len(c.Value) > 200 || !plain(c.Value), Mark: trace.Mark(c.Value),
		})
	}
	for _, line := range q.Header()["Set-Cookie"] {
		c, err := http.ParseSetCookie(line)
		if err != nil || strings.HasSuffix(c.Name, "_lang") {
			continue
		}
		cleared := c.MaxAge < 0
		row.Set = append(row.Set, trace.SetCookie{
			Name: c.Name, Domain: c.Domain, Secure: c.Secure, Cleared: cleared, Mark: trace.Mark(c.Value),
		})
		if c.Name == q.kit.names.csrf && !cleared {
			row.Gave = trace.Hash("browser", c.Value)
		}
	}
	came, _ := q.cookie(q.kit.names.csrf) // not browserID, which the answer may have replaced
	row.Browser = trace.Hash("browser", came)
}

// counted adds a cookie to the list, where one of its name counts once more.
func counted(list []trace.Cookie, c trace.Cookie) []trace.Cookie {
	for i := range list {
		if list[i].Name == c.Name {
			list[i].Count = max(1, list[i].Count) + 1
			list[i].Broken = list[i].Broken || c.Broken
			return list
		}
	}
	return append(list, c)
}
