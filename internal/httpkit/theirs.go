package httpkit

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// What belongs to an application behind this server passes with as little of
// ours as can be: its headers, its limits and its time are its own.

// HandOver takes back what was put on the answer, but for the end of the
// connection, and lifts the limits of time: what follows is the application's.
func (q *Request) HandOver() {
	q.theirs = true
	h := q.Header()
	end := h["Connection"]
	clear(h)
	if end != nil {
		h["Connection"] = end
	}
	rc := http.NewResponseController(q.w)
	if q.r.Body != http.NoBody { // for which alone there is a limit
		_ = rc.SetReadDeadline(time.Time{})
	}
	_ = rc.SetWriteDeadline(time.Time{})
}

// TakeBack makes the answer ours again, as long as nothing of it was sent.
func (q *Request) TakeBack() {
	q.theirs = false
	end := q.Header()["Connection"]
	clear(q.Header())
	if end != nil {
		q.Header()["Connection"] = end
	}
	q.share()
}

// ForApplication says whether Options.Theirs said so.
func (q *Request) ForApplication() bool { return q.behind }

// Theirs says whether the answer is an application's.
func (q *Request) Theirs() bool { return q.theirs }

// Upgraded notes that the connection was handed over to another protocol.
func (q *Request) Upgraded() { q.status = http.StatusSwitchingProtocols }

// Preflight answers a browser that asks whether another origin may ask, and
// says whether this was such a question. It comes without any credential.
func (q *Request) Preflight() bool { return q.preflight() && q.kit.cors(q) }

func (q *Request) preflight() bool {
	return q.question.HasOrigin && q.r.Method == http.MethodOptions &&
		q.r.Header.Get("Access-Control-Request-Method") != ""
}

// PublicScheme is what the browser used as far as we know: the connection's, what a
// trusted proxy says, else that of PUBLIC_URL.
func (q *Request) PublicScheme() string {
	if sent := q.r.Header.Get("X-Forwarded-Proto"); q.Proxied && (sent == "http" || sent == "https") {
		return sent
	}
	if q.r.TLS != nil {
		return "https"
	}
	return q.kit.Scheme()
}

// IsOurCookie says whether a name is that of a cookie of ours under any prefix,
// in any case: browsers tell prefixes so.
func IsOurCookie(name string) bool { return slices.Contains(ourCookies[:], bare(name)) }

// IsSessionCookie is the same of the session's alone.
func IsSessionCookie(name string) bool { return bare(name) == ourCookies[0] }

func bare(name string) string {
	name = strings.ToLower(strings.Trim(name, " \t"))
	return strings.TrimPrefix(strings.TrimPrefix(name, "__host-"), "__secure-")
}
