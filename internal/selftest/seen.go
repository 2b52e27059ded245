package selftest

import (
	"strings"
	"time"
	"unicode"
)

// Seen is what the server itself saw of a request from one of its pages.
type Seen struct {
	At   time.Time
	Page string
	// Public is the origin of PUBLIC_URL, and Ours tells whether an origin
	// counts as it.
	Public string
	Ours   func(origin string) bool

	Origin               string
	HasOrigin            bool
	FetchSite, FetchDest string
	Host, Scheme         string
	// Address is the kind of the client's address: loopback, private or public.
	Address string
	Proxied bool

	// Came are names of our cookies that arrived once and can be read. Doubled
	// arrived more than once, Unreadable hold what we never write, and Old are
	// names that this server gives to no cookie now.
	Came, Doubled, Unreadable, Old []string
	// Bound is set when the cookie came that the page's token belongs to.
	Bound bool
	// Refused is the private reason for which the request was refused.
	Refused string
	// SessionDomain is the Domain of the session cookie; empty for this host alone.
	SessionDomain string
	// Lost is set when this browser was signed in a moment ago and now comes
	// without its session cookie.
	Lost bool
}

// cookieless says that the page's own cookie did not come, in any form.
func (s *Seen) cookieless() bool {
	return !s.Bound && len(s.Doubled) == 0 && len(s.Unreadable) == 0
}

// Framed says by Sec-Fetch-Site and Sec-Fetch-Dest whether another site shows
// the page within one of its own.
func Framed(site, dest string) bool {
	return site == "cross-site" && (dest == "iframe" || dest == "frame")
}

// OwnPage says whether the browser itself vouches that a page of this very
// address sent the request: Sec-Fetch-Site cannot be written by a page. Where
// it is missing, as without TLS, an Origin that is the address asked for says
// the same. Nothing is kept of a request that another site may have caused.
func (s *Seen) OwnPage() bool {
	switch s.FetchSite {
	case "same-origin":
		return true
	case "":
	default:
		return false
	}
	if !s.HasOrigin || s.Ours(s.Origin) {
		return true
	}
	_, host, ok := strings.Cut(s.Origin, "://")
	return ok && host != "" && strings.EqualFold(host, s.Host)
}

// lines is what the operator reads of it. No value of a cookie is in it.
func (s *Seen) lines() []string {
	list := []string{
		"asked: " + s.Scheme + "://" + short(s.Host+s.Page) + ", PUBLIC_URL is " + s.Public,
		"Origin: " + header(s.Origin, s.HasOrigin) + ", Sec-Fetch-Site: " + header(s.FetchSite, s.FetchSite != ""),
		"cookies that came: " + named(s.Came),
	}
	for _, part := range []struct {
		what  string
		names []string
	}{{"came more than once: ", s.Doubled}, {"cannot be read: ", s.Unreadable}, {"of another name: ", s.Old}} {
		if len(part.names) > 0 {
			list = append(list, part.what+named(part.names))
		}
	}
	if s.Lost && s.SessionDomain != "" {
		list = append(list, "the session cookie is set for the domain "+s.SessionDomain+" (COOKIE_DOMAIN)")
	}
	through := "directly"
	if s.Proxied {
		through = "through a trusted proxy"
	}
	list = append(list, "the client has a "+s.Address+" address and came "+through)
	if s.Refused != "" {
		list = append(list, "the request was refused: "+s.Refused)
	}
	return list
}

func header(value string, sent bool) string {
	if !sent {
		return "not sent"
	}
	return short(value)
}

// short is what a stranger wrote, in one short line that moves no cursor where
// it is printed.
func short(s string) string {
	if len(s) > 100 {
		s = s[:100] + "..."
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

func named(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
