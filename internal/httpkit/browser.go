package httpkit

import (
	"crypto/sha256"
	"net/netip"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/cache"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
	"github.com/aiwfe/aiwfe-auth/internal/selftest"
)

// justSigned is how long a browser that signed in is remembered, and how many.
const (
	justSigned     = time.Minute
	justSignedMost = 10_000
)

// signed is when a browser was given a session, and what came in its place.
type signed struct {
	at     time.Time
	strays strays
}

// began remembers that this browser was given a session.
func (q *Request) began() { q.note(signed{at: q.Now()}) }

func (q *Request) note(s signed) {
	if q.browserID != "" {
		q.kit.began.Put(cache.Key(sha256.Sum256([]byte(q.browserID))), s)
	}
}

// justBegan is what is remembered of this browser, if it was given a session a
// moment ago.
func (q *Request) justBegan() (signed, bool) {
	if q.browserID == "" {
		return signed{}, false
	}
	s, ok := q.kit.began.Get(cache.Key(sha256.Sum256([]byte(q.browserID))))
	return s, ok && q.Now().Sub(s.at) < justSigned
}

// lost says whether this browser was given a session a moment ago and comes
// without it now, and which cookies came in its place. Signing out replaces the
// browser's id, so only a cookie that went astray looks like this.
func (q *Request) lost() (strays, bool) {
	if q.Client.SessionCookie != "" || q.brokenSession {
		return strays{}, false
	}
	s, ok := q.justBegan()
	return s.strays, ok
}

// Seen is what the server saw of the request; refused is why it was refused, or
// nil.
func (q *Request) Seen(refused error) selftest.Seen {
	s := q.survey()
	before, lost := q.lost()
	if len(s.inTheWay()) == 0 { // they were cleared by the answer before this one
		s.doubled, s.unreadable = before.doubled, before.unreadable
	}
	seen := selftest.Seen{
		At: q.Now(), Page: q.r.URL.Path, Public: origin(q.kit), Ours: q.kit.o.CSRF.Origins().Own,
		Origin: q.question.Origin, HasOrigin: q.question.HasOrigin, FetchSite: q.question.FetchSite,
		FetchDest: q.r.Header.Get("Sec-Fetch-Dest"), Host: q.r.Host, Scheme: q.scheme(),
		Address: addressKind(q.Client.IP), Proxied: q.Proxied, SessionDomain: q.kit.names.domain,
		Came: s.came, Doubled: s.doubled, Unreadable: s.unreadable, Old: s.old,
		Bound: q.browserID != "", Lost: lost,
	}
	if refused != nil {
		seen.Refused = fault.From(refused).Reason
	}
	return seen
}

func origin(k *Kit) string { return k.o.PublicURL.Scheme + "://" + k.o.PublicURL.Host }

// scheme is the one that the browser used, as far as the server can know.
func (q *Request) scheme() string {
	if sent := q.r.Header.Get("X-Forwarded-Proto"); q.Proxied && (sent == "http" || sent == "https") {
		return sent
	}
	if q.r.TLS != nil {
		return "https"
	}
	return "http"
}

func addressKind(ip string) string {
	a, err := netip.ParseAddr(ip)
	switch {
	case err != nil:
		return "unknown"
	case a.IsLoopback():
		return "loopback"
	case a.IsPrivate(), a.IsLinkLocalUnicast():
		return "private"
	}
	return "public"
}

// Report keeps what was found under a code. Nothing is kept of what another
// site may have caused.
func (q *Request) Report(found []selftest.Finding, seen *selftest.Seen) *fault.Report {
	if q.kit.o.Reports == nil || len(found) == 0 {
		return nil
	}
	code := q.kit.o.Reports.File(q.Context(), found, seen.Page, q.Client.Client, q.Client.Network)
	return &fault.Report{Code: code, Cause: found[0].Cause}
}

// Tend has the browser drop cookies in the way, and keeps what only the
// operator can do something about: that there were such cookies, and that
// another site frames the page. The person is told where it did not help.
func (q *Request) Tend() {
	inTheWay, framed := q.Heal(), selftest.Framed(q.question.FetchSite, q.r.Header.Get("Sec-Fetch-Dest"))
	if !inTheWay && !framed {
		return
	}
	seen := q.Seen(nil)
	if inTheWay {
		q.Report(selftest.JudgeCookies(seen), &seen)
		if s, ok := q.justBegan(); ok && q.brokenSession {
			q.note(signed{s.at, strays{doubled: seen.Doubled, unreadable: seen.Unreadable}})
		}
	}
	if framed {
		q.Report(selftest.Judge(nil, seen), &seen)
	}
}

// ReportLost keeps that this browser was signed in a moment ago and lost its
// session cookie; nil where it did not.
func (q *Request) ReportLost() *fault.Report {
	if _, lost := q.lost(); !lost {
		return nil
	}
	seen := q.Seen(nil)
	return q.Report(selftest.Judge(nil, seen), &seen)
}
