package contract

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// TestPagesSpeakTheLanguageAsked: by the address, then by the choice of before,
// then by the browser's setting; and nothing of a one-time link is copied.
func TestPagesSpeakTheLanguageAsked(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	b := w.browser()
	says := func(a answer, lang, dir string) {
		t.Helper()
		if !strings.Contains(string(a.body), `<html lang="`+lang+`" dir="`+dir+`">`) || a.header.Get("Content-Language") != lang {
			t.Errorf("%s: Content-Language %q, want %s, %s", a, a.header.Get("Content-Language"), lang, dir)
		}
		if !strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Accept-Language, Cookie") {
			t.Errorf("%s: Vary is %q", a, a.header.Values("Vary"))
		}
	}
	says(b.do(t, "GET", "/login", nil, with("Accept-Language", "de-CH")), "de", "ltr")
	says(b.do(t, "GET", "/login?lang=ar", nil, with("Accept-Language", "de")), "ar", "rtl")
	says(b.do(t, "GET", "/login", nil, with("Accept-Language", "de")), "ar", "rtl")
	says(b.do(t, "GET", "/nothing", nil), "ar", "rtl")
	says(b.do(t, "GET", "/nothing?lang=fr", nil), "fr", "ltr")
	says(b.signInByPage(t, "nobody@example.com", "not the password at all", ""), "fr", "ltr")
	says(b.do(t, "GET", "/login?lang=xx", nil), "fr", "ltr")
	says(w.browser().do(t, "GET", "/login", nil), "en", "ltr")

	menu := string(b.do(t, "GET", "/login?next=%2Fdocs", nil).body)
	for _, link := range []string{`href="/login?next=%2Fdocs&amp;lang=ja"`, `lang="fr" aria-current="true"`} {
		if !strings.Contains(menu, link) {
			t.Errorf("the menu lacks %s", link)
		}
	}
	link := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(w.public) + `(/setup\?token=\S+)$`).FindStringSubmatch(w.Stdout())
	if link == nil {
		t.Fatalf("no line of standard output is the link:\n%s", w.Stdout())
	}
	setup := b.do(t, "GET", link[1], nil)
	setup.want(t, http.StatusOK, "")
	says(setup, "fr", "ltr")
	if strings.Contains(string(setup.body), "?lang=") {
		t.Error("the page of a one-time link has a menu of languages")
	}
	if a := b.do(t, "GET", "/api/v1/auth/status", nil); a.header.Get("Content-Language") != "" {
		t.Errorf("the API claims a language: %s", a)
	}
}
