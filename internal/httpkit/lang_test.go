package httpkit

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// german stands for a browser's setting.
func german(o *Options) {
	o.Language = func(header string) string {
		if strings.HasPrefix(header, "de") {
			return "de"
		}
		return "en"
	}
}

func TestLanguageIsWhatWasSaidLast(t *testing.T) {
	const de, ja = "Accept-Language: de-AT, en;q=0.5", "Cookie: __Host-aiwfe_lang=ja"
	for _, c := range []struct {
		name, target string
		headers      []string
		want         string
	}{
		{"nothing", "/login", nil, "en"},
		{"the browser's setting", "/login", []string{de}, "de"},
		{"the choice of before", "/login", []string{de, ja}, "ja"},
		{"the address", "/login?lang=fr", []string{de, ja}, "fr"},
		{"one we do not speak", "/login?lang=nl", []string{de, ja}, "ja"},
		{"no language at all", "/login?lang=%22%3E%3Cb%3E", []string{de}, "de"},
		{"the first of two", "/login?lang=fr&lang=ar", nil, "fr"},
		{"a cookie we never write", "/login", []string{de, "Cookie: __Host-aiwfe_lang=nl"}, "de"},
		{"a cookie of a sibling host", "/login", []string{"Cookie: aiwfe_lang=ja"}, "en"},
		{"two cookies", "/login", []string{ja + "; __Host-aiwfe_lang=ar"}, "en"},
	} {
		q := build(t, german).look(ask(http.MethodGet, c.target, "", c.headers...))
		if got := q.Lang(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if got := build(t).look(ask(http.MethodGet, "/", "", de)).Lang(); got != "en" {
		t.Errorf("without a matcher: %s", got)
	}
}

func TestChosenLanguageIsRemembered(t *testing.T) {
	for _, c := range []struct {
		method, target, cookie, language string
	}{
		{"GET", "/login?lang=de", "__Host-aiwfe_lang=de; Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax", "de"},
		{"GET", "/login?lang=nl", "", "en"},
		{"GET", "/login", "", "en"},
		{"POST", "/login?lang=de", "", "de"},
	} {
		q := build(t).look(ask(c.method, c.target, ""))
		q.SpeakPage()
		q.SpeakPage() // an error page after a page
		h := q.Header()
		if got := strings.Join(h["Set-Cookie"], "|"); got != c.cookie {
			t.Errorf("%s %s sets %q, want %q", c.method, c.target, got, c.cookie)
		}
		if h.Get("Content-Language") != c.language || !slices.Equal(h["Vary"], []string{"Accept-Language, Cookie"}) {
			t.Errorf("%s %s: Content-Language %q, Vary %q", c.method, c.target, h.Get("Content-Language"), h["Vary"])
		}
	}
	q := build(t, func(o *Options) { o.PublicURL = must(o.PublicURL.Parse("http://localhost:8080")) }).look(ask("GET", "/?lang=ar", ""))
	q.SpeakPage()
	if got := q.Header().Get("Set-Cookie"); got != "aiwfe_lang=ar; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax" {
		t.Errorf("on http: %s", got)
	}
}
