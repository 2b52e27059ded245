package app

import (
	"net/http"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor/watch"
	"github.com/aiwfe/aiwfe-auth/internal/httpkit"
	"github.com/aiwfe/aiwfe-auth/internal/version"
)

// newWatch takes the settings that can change meanwhile from live.
func newWatch(cfg *config.Config, live func() *config.Config) *watch.Watch {
	o := watch.Options{
		PublicURL: Issuer(cfg), BehindProxy: cfg.PublicURL.Scheme == "https" && cfg.TLSCertFile == "", Started: time.Now(),
	}
	o.LegacyUntil = legacyUntil(cfg)
	o.Lacks = func(origin string) watch.Lack { return lacking(live(), origin) }
	o.Gives = func(origins ...string) []string { return live().Gives(origins...) }
	return watch.New(o)
}

// legacyUntil is the last moment of tokens of the old form, zero where they are
// refused.
func legacyUntil(cfg *config.Config) time.Time {
	if !cfg.LegacyTokens {
		return time.Time{}
	}
	return cfg.LegacyTokensUntil
}

// done tells the metrics and the detectors of an answer, these not of the doctor's
// own questions. A stranger who takes its name is not seen, and nothing else.
func (s *Server) done(d httpkit.Done) {
	s.monitor.Done(d)
	if q := d.Request; q != nil && s.seen != nil && !(q.Theirs() && d.Code == "") && !s.plain(q, d) && !strings.HasPrefix(q.Client.UserAgent, version.DoctorsAgent) {
		s.look(q, d)
	}
}

// plain says that an answer tells the detectors nothing, as that to a check of a
// session by nearly everybody; to find that out must cost less than to look.
func (s *Server) plain(q *httpkit.Request, d httpkit.Done) bool {
	if d.Code != "" || d.Method != http.MethodGet || len(q.Header()["Set-Cookie"]) > 0 {
		return false
	}
	session, csrf := q.Sent()
	return s.seen.Idle() || !session && !csrf && len(q.HTTP().Header["Authorization"]) > 0
}

// look puts a request into the words of the detectors. It stays on the stack:
// a session check allocates nothing for it.
func (s *Server) look(q *httpkit.Request, d httpkit.Done) {
	h := q.HTTP()
	r := watch.Request{
		At: d.At, ID: q.ID, IP: q.Client.IP, Peer: q.Peer().Addr(), Trusted: q.Proxied, Forwarded: q.Forwarded(), Agent: q.Client.UserAgent,
		Host: h.Host, Origin: q.Client.Origin, Browser: q.Client.Browser, SameOrigin: q.SameOrigin(),
		Unsafe: h.Method != http.MethodGet && h.Method != http.MethodHead && h.Method != http.MethodOptions,
		Bearer: len(h.Header["Authorization"]) > 0, Page: !strings.HasPrefix(h.URL.Path, "/api/"),
		Route: d.Route, Status: d.Status, Code: d.Code, Reason: d.Reason, Wanted: q.Wanted(),
	}
	session, csrf := q.Sent()
	r.Sent = cookies(session, csrf)
	session, csrf = q.Sets()
	r.Set = cookies(session, csrf)
	if f := q.Failure(); f != nil {
		r.Address = f.Address
		if f.Cause != nil {
			r.Cause = f.Cause.Error()
		}
	}
	s.seen.Done(&r)
}

func cookies(session, csrf bool) (c watch.Cookies) {
	if session {
		c |= watch.Session
	}
	if csrf {
		c |= watch.CSRF
	}
	return c
}
