package contract

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// elsewhere are ways back that lead away from our origin when a browser follows them.
var elsewhere = []string{
	"https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example", `/\evil.example`,
	`\\evil.example`, `/\/evil.example`, "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "https:evil.example",
	"https:/evil.example", "HTTPS://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
	"vbscript:x", "//evil.example/@localhost", "http://localhost@evil.example", "http://localhost:1/", "http://localhost.evil.example/",
	"/..//evil.example", "/.//evil.example", "/account/..//evil.example", "/%09/evil.example/../..//evil.example", "//evil.example%2f@localhost",
	"\u2028//evil.example", "/\u0000/evil.example", "//[::ffff:1.2.3.4]/", "//1.2.3.4", "//evil.example:80#@localhost", "?//evil.example/..//",
}

// follow is where a browser goes: it reads \ as / and drops tabs and line feeds (WHATWG URL 4.4).
func follow(t *testing.T, base, location string) *url.URL {
	t.Helper()
	cleaned := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/").Replace(strings.TrimSpace(location))
	b, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u, err := b.Parse(cleaned)
	if err != nil {
		return &url.URL{Scheme: "unreadable", Host: location}
	}
	return u
}

// TestWayBackStaysHere: rows of Gogs CVE-2026-52802, Gitea CVE-2026-25779, oauth2-proxy CVE-2021-21291.
func TestWayBackStaysHere(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	in := w.browser().signIn(t, email, password)
	next := regexp.MustCompile(`name="next" value="([^"]*)"`)
	here := func(what, value, location string) {
		u := follow(t, w.public+"/login", location)
		own, _ := url.Parse(w.public)
		if u.Scheme != own.Scheme || u.Host != own.Host || strings.Contains(location, "evil.example") && strings.HasPrefix(u.Path, "//") {
			t.Errorf("%s with next=%q leads to %q", what, value, location)
		}
	}
	all(elsewhere, func(value string) {
		form := w.browser().do(t, "GET", "/login?next="+url.QueryEscape(value), nil)
		form.want(t, http.StatusOK, "")
		if found := next.FindStringSubmatch(string(form.body)); found != nil {
			here("the form", value, html.UnescapeString(found[1]))
		}
		if a := in.do(t, "GET", "/login?next="+url.QueryEscape(value), nil); a.status/100 == 3 {
			here("somebody signed in", value, a.header.Get("Location"))
		} else if strings.Contains(string(a.body), `href="`+html.EscapeString(value)) {
			t.Errorf("the page for somebody signed in links to %q", value)
		}
	})
	// Each success hashes a password, so the form is sent with the most telling ones.
	for _, value := range []string{"//evil.example", `/\evil.example`, "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/..//evil.example"} {
		a := w.browser().signInByPage(t, email, password, value)
		if a.status != http.StatusSeeOther {
			t.Errorf("sign in with next=%q: %s", value, a)
		}
		here("signing in", value, a.header.Get("Location"))
	}
}

func TestWayBackToOurOwnPages(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	email := w.user(t)
	for _, value := range []string{"/account", "/docs?a=b&c=d", w.public + "/docs"} {
		a := w.browser().signInByPage(t, email, password, value)
		if got := follow(t, w.public, a.header.Get("Location")); a.status != http.StatusSeeOther || got.String() != follow(t, w.public, value).String() {
			t.Errorf("next=%q leads to %q", value, a.header.Get("Location"))
		}
	}
}
