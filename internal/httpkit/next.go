package httpkit

import (
	"net/url"
	"slices"
	"strings"

	"github.com/aiwfe/aiwfe-auth/internal/login"
)

// Next judges a way back after login: a path of this server, or an address of
// an origin in CORS_ORIGINS or of an application behind it. Everything else is refused, whatever its
// spelling, for an open redirect lends our name to a stranger's page.
func (k *Kit) Next(raw string) (*url.URL, bool) {
	if raw == "" || len(raw) > 2048 || strings.ContainsFunc(raw, func(r rune) bool { return r < 0x21 || r == 0x7f || r == '\\' || r > 0x7e }) {
		return nil, false
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Opaque != "" {
		return nil, false
	}
	if u.Scheme == "" && u.Host == "" {
		ok := strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//") && clean(u.Path) && !strings.HasPrefix(u.Path, "/logout")
		return u, ok
	}
	origin := u.Scheme + "://" + u.Host
	if origin == k.o.PublicURL.Scheme+"://"+k.o.PublicURL.Host {
		own := &url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, Fragment: u.Fragment}
		if own.Path == "" {
			own.Path = "/"
		}
		return k.Next(own.String())
	}
	return u, (u.Scheme == "https" || u.Scheme == "http") && (k.o.CSRF.Origins().Allowed(origin) || k.Application(u))
}

// Application says whether an address is of a host that is an application's
// behind this server, under the scheme and port of PUBLIC_URL.
func (k *Kit) Application(u *url.URL) bool {
	return u.Scheme == k.o.PublicURL.Scheme && u.Port() == k.o.PublicURL.Port() && slices.Contains(k.o.Applications, u.Hostname())
}

// FormClient is the client of a form of ours: whatever it looks like, its
// session lives in a cookie, and it gets no refresh token.
func (q *Request) FormClient() login.Client {
	c := q.Client
	c.Browser = true
	return c
}
