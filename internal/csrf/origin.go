package csrf

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/fault"
)

// Origins says which origins may send unsafe requests. They are compared as
// whole strings in the one form that browsers write (RFC 6454 section 6.2):
// parsing what a stranger sent is how such checks were got round
// (CVE-2025-24358, CVE-2025-47909). The zero value allows none.
type Origins struct {
	own    string
	listed map[string]bool
	// loopback are the other names of this machine, in development only.
	loopback map[string]bool
}

// NewOrigins takes PUBLIC_URL and CORS_ORIGINS. Relaxed, for development and
// test, also takes localhost, 127.0.0.1 and [::1] with PUBLIC_URL's port as
// our own.
func NewOrigins(public *url.URL, cors []string, relaxed bool) (Origins, error) {
	if public == nil {
		return Origins{}, errors.New("origins: PUBLIC_URL is missing")
	}
	own, err := serialize(public)
	if err != nil {
		return Origins{}, fmt.Errorf("origins: PUBLIC_URL %q: %w", public.Redacted(), err)
	}
	o := Origins{own: own, listed: map[string]bool{}, loopback: map[string]bool{}}
	var faults []error
	for _, text := range cors {
		origin, err := parseListed(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("CORS_ORIGINS %q: %w", text, err))
			continue
		}
		o.listed[origin] = true
	}
	if len(faults) > 0 {
		return Origins{}, fmt.Errorf("origins: %w", errors.Join(faults...))
	}
	if relaxed {
		for _, host := range [...]string{"localhost", "127.0.0.1", "::1"} {
			origin, err := serialize(&url.URL{Scheme: public.Scheme, Host: net.JoinHostPort(host, portOf(public))})
			if err != nil {
				return Origins{}, fmt.Errorf("origins: %w", err)
			}
			o.loopback[origin] = true
		}
	}
	return o, nil
}

// Question is what a request said of where it comes from.
type Question struct {
	// Origin and FetchSite are the headers as sent. Several lines of one header
	// are given joined, which is refused like any other unknown value.
	Origin       string
	HasOrigin    bool
	FetchSite    string
	HasFetchSite bool
}

// Check says whether an unsafe request may come from there. Without either
// header no browser sent it, and there is nothing to judge.
func (o Origins) Check(q Question) error {
	if q.HasOrigin {
		switch {
		case q.Origin == "null": // sandboxed frames, redirects across origins, files
			return refuse("origin_null", "the origin is null")
		case !o.ours(q.Origin) && !o.listed[q.Origin]:
			return refuse("origin_foreign", "the origin %q is neither PUBLIC_URL's (%s) nor in CORS_ORIGINS",
				short(q.Origin), o.own)
		}
	}
	if !q.HasFetchSite {
		return nil
	}
	switch q.FetchSite {
	case "same-origin", "none":
		return nil
	case "same-site", "cross-site":
		// From elsewhere passes only what CORS_ORIGINS lists by name. Our own
		// Origin beside "cross-site" is a contradiction that no browser sends.
		if q.HasOrigin && o.listed[q.Origin] {
			return nil
		}
		return refuse("fetch_site_"+strings.ReplaceAll(q.FetchSite, "-", "_"),
			"the browser says the request is %s, and its origin is not in CORS_ORIGINS", q.FetchSite)
	}
	return refuse("fetch_site_unknown", "Sec-Fetch-Site is %q, which no browser sends", short(q.FetchSite))
}

func (o Origins) ours(origin string) bool {
	return origin != "" && origin == o.own || o.loopback[origin]
}

// Own says whether an origin is that of our own pages.
func (o Origins) Own(origin string) bool { return o.ours(origin) }

// Allowed says whether a CORS answer may name this origin: only one that is
// listed in CORS_ORIGINS, never a reflection (CVE-2024-41657).
func (o Origins) Allowed(origin string) bool { return o.listed[origin] }

func refuse(reason, words string, args ...any) error {
	return fault.New(api.CodeOriginNotAllowed, reason, "This request comes from a page that may not send it here.").
		Because(fmt.Errorf(words, args...))
}

// short keeps a stranger's text from filling the log.
func short(s string) string {
	const most = 100
	if len(s) <= most {
		return s
	}
	return s[:most] + "..."
}
