package selftest

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/aiwfe/aiwfe-auth/api"
)

// Finding is one cause and what was seen of it.
type Finding struct {
	Cause    api.Cause `json:"cause"`
	Evidence string    `json:"evidence"`
}

// Judge says what is wrong, the root first, and nothing of what only follows
// from it. Without a word of the browser, which is nil where no script runs,
// what the server saw has to do.
func Judge(said *api.SelfTest, seen Seen) []Finding {
	j := judge{said: said, seen: seen}
	if said == nil {
		// A form is judged when it was refused a second time, with a fresh token.
		j.said = &api.SelfTest{Cookies: true, Secure: true, Origin: pageOrigin(&seen), Again: seen.Refused == "signature_wrong"}
	}
	switch {
	case j.frame(), j.address(), j.origin(), j.header():
	default:
		j.cookies()
		j.cached()
		j.token()
	}
	if said != nil {
		j.clock()
	}
	return j.found
}

// JudgeCookies says what is wrong with the cookies that came, apart from where
// they came from.
func JudgeCookies(seen Seen) []Finding {
	j := judge{said: &api.SelfTest{Cookies: true}, seen: seen}
	j.cookies()
	return j.found
}

type judge struct {
	said  *api.SelfTest
	seen  Seen
	found []Finding
}

// find notes a cause with the lines that show it, and with the first of them
// all that was seen.
func (j *judge) find(cause api.Cause, lines ...string) bool {
	if len(j.found) == 0 {
		lines = append(lines, j.seen.lines()...)
	}
	j.found = append(j.found, Finding{cause, strings.Join(lines, "\n")})
	return true
}

// pageOrigin is the address of the page where only headers tell it.
func pageOrigin(s *Seen) string {
	if s.HasOrigin && s.Origin != "null" {
		return s.Origin
	}
	return s.Public
}

// frame: a frame of another site gets no cookies, whatever they are.
func (j *judge) frame() bool {
	if !Framed(j.seen.FetchSite, j.seen.FetchDest) && !(j.said.Framed && j.seen.cookieless()) {
		return false
	}
	return j.find("third_party_cookies_blocked", "the page was opened in a frame of another page")
}

// address: a page under another address than PUBLIC_URL has other cookies, and
// an origin that is refused; no passkey belongs to it.
func (j *judge) address() bool {
	if j.said.Origin == "" || j.seen.Ours(j.said.Origin) {
		if strings.HasPrefix(j.said.Origin, "https://") && !j.said.Secure {
			return j.find("insecure_context", "the page has an https address, and the browser does not call it secure")
		}
		return false
	}
	page, err := url.Parse(j.said.Origin)
	public, _ := url.Parse(j.seen.Public)
	if err == nil && public != nil && page.Scheme == "http" && public.Scheme == "https" && page.Hostname() == public.Hostname() {
		return j.find("insecure_context", fmt.Sprintf("the browser shows the page at %s, without encryption", short(j.said.Origin)))
	}
	return j.find("public_url_mismatch", fmt.Sprintf("the browser shows the page at %s", short(j.said.Origin)))
}

// origin: the page has the right address, and what the browser says of where
// its requests come from is something else.
func (j *judge) origin() bool {
	switch {
	case j.seen.HasOrigin && j.seen.Origin == "null":
		return j.find("origin_null", "a request of our own page said Origin: null")
	case j.said.Policy != nil && hides(*j.said.Policy):
		return j.find("proxy_referrer_policy",
			"the page came with Referrer-Policy: "+short(*j.said.Policy)+", under which its forms say Origin: null")
	case j.seen.HasOrigin && !j.seen.Ours(j.seen.Origin),
		strings.HasPrefix(j.seen.Refused, "fetch_site_"):
		return j.find("proxy_rewrites_origin", "what a request of our own page says of its origin is not what the browser wrote")
	}
	return false
}

// hides says whether forms say "Origin: null" under a Referrer-Policy. The last
// word that a browser knows counts.
func hides(policy string) bool {
	last := ""
	for word := range strings.SplitSeq(policy, ",") {
		switch word = strings.ToLower(strings.TrimSpace(word)); word {
		case "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
			"origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url":
			last = word
		}
	}
	return last == "no-referrer"
}

// header: our script always sends the token, so one that is missing was taken
// away on the way.
func (j *judge) header() bool {
	return j.said.Page != "" && j.seen.Refused == string(api.CodeCSRFTokenMissing) &&
		j.find("proxy_strips_csrf_header", "the page sent X-CSRF-TOKEN, and the server saw none")
}
