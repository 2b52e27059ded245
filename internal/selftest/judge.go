package selftest

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

const (
	// clockOff is what codes and tokens bear, with room for a slow network.
	clockOff = 3 * time.Minute
	// pageStale is far longer than any page is on its way.
	pageStale = 5 * time.Minute
)

// Finding is one cause and what was seen of it.
type Finding struct {
	Cause    api.Cause `json:"cause"`
	Evidence string    `json:"evidence"`
}

// remedies are what mends a cause where a page found it; for the others the
// catalogue says so.
var remedies = map[api.Cause]string{
	"cookie_duplicated": "Nothing needs to be done if it was seen once: the server has had the browser drop what it could, and the next " +
		"sign-in works. If it stays, another program or a proxy sets a cookie of the name that the evidence has, for another domain or path.",
	"cookie_not_returned": "Let the doctor judge the cookies as a browser would: it names the proxy or the setting. If one person alone " +
		"reports it, something on their own machine or in their network drops cookies.",
	"origin_hidden": "Let the doctor look from outside at what a proxy adds to the pages. If one person alone reports it, an extension of " +
		"their browser hides the origin.",
}

// Remedy is what mends it.
func (f Finding) Remedy() string {
	if text, ok := remedies[f.Cause]; ok {
		return text
	}
	return api.Causes[f.Cause].Remedy
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
	return j.find("public_url_not_used", fmt.Sprintf("the browser shows the page at %s", short(j.said.Origin)))
}

// origin: the page has the right address, and what the browser says of where
// its requests come from is something else.
func (j *judge) origin() bool {
	switch {
	case j.seen.HasOrigin && j.seen.Origin == "null":
		return j.find("origin_hidden", "a request of our own page said Origin: null")
	case j.said.Policy != nil && hides(*j.said.Policy):
		return j.find("proxy_referrer_policy", "the page came with Referrer-Policy: "+short(*j.said.Policy)+", under which its forms say Origin: null")
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

func (j *judge) cookies() {
	switch {
	case len(j.seen.Doubled) > 0:
		j.find("cookie_duplicated", "two cookies of one name came: "+named(j.seen.Doubled))
	case len(j.seen.Unreadable) > 0:
		j.find("cookie_unreadable", "a cookie of ours holds what we never write: "+named(j.seen.Unreadable))
	case j.seen.Lost:
		j.find("cookie_not_returned", "signed in a moment ago, and the next request came without the session cookie")
	case j.seen.Bound:
	case !j.said.Cookies, j.said.Kept != nil && !*j.said.Kept:
		j.find("cookies_blocked", "the page set a cookie, none came back, and the browser says that it keeps none")
	default:
		lines := []string{"the page set a cookie, and the next request came without it"}
		if j.said.Kept != nil {
			lines = append(lines, "the browser keeps other cookies of this site")
		}
		j.find("cookie_not_returned", lines...)
	}
}

// cached: the time that the page carries is older than the browser can have
// had it.
func (j *judge) cached() {
	if j.said.Made == 0 {
		return
	}
	age := j.seen.At.Sub(time.UnixMilli(j.said.Made)) - time.Duration(j.said.Open)*time.Millisecond
	if age > pageStale {
		j.find("cache_serves_auth", fmt.Sprintf("the page was made %s before the browser asked for it", age.Round(time.Second)))
	}
}

// token: a fresh token was refused though its cookie came.
func (j *judge) token() {
	if !j.said.Again || !j.seen.Bound || len(j.found) > 0 {
		return
	}
	switch j.seen.Refused {
	case "signature_wrong":
		j.find("secret_differs_between_nodes", "a token made a moment ago is of a key that this server does not know")
	case "bound_elsewhere":
		j.find("cache_serves_auth", "a token fetched a moment ago belongs to another browser")
	}
}

func (j *judge) clock() {
	if j.said.Now == 0 {
		return
	}
	off := time.UnixMilli(j.said.Now).Sub(j.seen.At)
	if off.Abs() <= clockOff {
		return
	}
	way := "ahead of"
	if off < 0 {
		way = "behind"
	}
	j.find("browser_clock_off", fmt.Sprintf("the browser's clock is %s %s the server's: %s against %s", off.Abs().Round(time.Second), way,
		time.UnixMilli(j.said.Now).UTC().Format(time.RFC3339), j.seen.At.UTC().Format(time.RFC3339)))
}
