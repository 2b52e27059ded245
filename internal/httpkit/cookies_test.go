package httpkit

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCookieIsReadInOneWayOnly(t *testing.T) {
	const name = "__Host-aiwfe_session"
	for _, c := range []struct {
		title   string
		headers []string
		value   string
		broken  bool
	}{
		{"none", nil, "", false},
		{"ours", []string{"Cookie: " + name + "=abc_-.1"}, "abc_-.1", false},
		{"among others", []string{"Cookie: a=1; " + name + "=abc; b=2"}, "abc", false},
		{"without the prefix it is another cookie", []string{"Cookie: aiwfe_session=abc"}, "", false},
		{"in another case it is another cookie", []string{"Cookie: __host-aiwfe_session=abc"}, "", false},
		// One of the two was planted; to pick either lets the planter choose.
		{"twice", []string{"Cookie: " + name + "=abc; " + name + "=def"}, "", true},
		{"twice the same", []string{"Cookie: " + name + "=abc; " + name + "=abc"}, "", true},
		{"in two lines", []string{"Cookie: " + name + "=abc", "Cookie: " + name + "=def"}, "", true},
		{"empty", []string{"Cookie: " + name + "="}, "", true},
		{"quoted", []string{"Cookie: " + name + `="abc"`}, "", true},
		{"with a blank inside", []string{"Cookie: " + name + "=a b"}, "", true},
		{"percent-encoded", []string{"Cookie: " + name + "=a%62c"}, "", true},
		{"as long as may be", []string{"Cookie: " + name + "=" + strings.Repeat("a", 200)}, strings.Repeat("a", 200), false},
		{"longer", []string{"Cookie: " + name + "=" + strings.Repeat("a", 201)}, "", true},
		// Other servers trim Unicode blanks, and so see our name in a cookie that a
		// browser takes for another one and lets a sibling host set.
		{"U+2000 before the name", []string{"Cookie: \u2000" + name + "=abc"}, "", false},
		{"no-break blank before the name", []string{"Cookie: \u00a0" + name + "=abc"}, "", false},
		// RFC 2109 made quotes span semicolons, which lets a cookie hide in another.
		{"$Version changes nothing", []string{"Cookie: $Version=1; " + name + "=abc"}, "abc", false},
		{"$Version does not hide a second one", []string{`Cookie: $Version=1; a="; ` + name + "=abc; " + name + `=def; b="`}, "", true},
	} {
		q := build(t).look(ask(http.MethodGet, "/", "", c.headers...))
		if q.Client.SessionCookie != c.value || q.brokenSession != c.broken {
			t.Errorf("%s: %q, broken %v; want %q, %v", c.title, q.Client.SessionCookie, q.brokenSession, c.value, c.broken)
		}
		if q.ours != (c.value != "" || c.broken) {
			t.Errorf("%s: carries a cookie of ours: %v", c.title, q.ours)
		}
	}
}

func TestCookiesGetTheAttributesThatTheAddressEarns(t *testing.T) {
	for _, c := range []struct {
		name, public, domain string
		want                 []string
	}{
		{"http", "http://localhost:8080", "", []string{
			"aiwfe_session=s; Path=/; Max-Age=7200; HttpOnly; SameSite=Lax",
			"aiwfe_device=d; Path=/; Max-Age=34560000; HttpOnly; SameSite=Lax",
			"aiwfe_csrf=b; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax",
		}},
		{"https", own, "", []string{
			"__Host-aiwfe_session=s; Path=/; Max-Age=7200; HttpOnly; Secure; SameSite=Lax",
			"__Host-aiwfe_device=d; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax",
			"__Host-aiwfe_csrf=b; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax",
		}},
		// Only the session is shared; what binds CSRF tokens stays with this host.
		{"shared domain", own, "example.com", []string{
			"__Secure-aiwfe_session=s; Path=/; Domain=example.com; Max-Age=7200; HttpOnly; Secure; SameSite=Lax",
			"__Host-aiwfe_device=d; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax",
			"__Host-aiwfe_csrf=b; Path=/; Max-Age=7776000; HttpOnly; Secure; SameSite=Lax",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := build(t, func(o *Options) { o.PublicURL, o.CookieDomain = must(o.PublicURL.Parse(c.public)), c.domain })
			q := w.look(ask(http.MethodGet, "/", ""))
			q.SetSession("s", noon.Add(2*time.Hour))
			q.SetDevice("d")
			q.setBrowser("b")
			if d := cmp.Diff(c.want, q.Header()["Set-Cookie"]); d != "" {
				t.Error(d)
			}
		})
	}
}

// A browser drops a cookie only when name, domain and path are those it was
// set with, and a prefixed one only with the attributes of its prefix.
func TestSignOutExpiresWhatWasSet(t *testing.T) {
	w := build(t, func(o *Options) { o.CookieDomain = "example.com" })
	q := w.look(ask(http.MethodPost, "/", ""))
	q.SignedOut()
	want := []string{
		"__Secure-aiwfe_session=; Path=/; Domain=example.com; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
		"__Host-aiwfe_csrf=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax",
	}
	if d := cmp.Diff(want, q.Header()["Set-Cookie"]); d != "" {
		t.Error(d)
	}
	if got := q.Header().Get("Clear-Site-Data"); got != `"cache"` {
		t.Errorf("Clear-Site-Data is %s", got)
	}
}

func TestSessionThatIsOverIsNotKeptForEver(t *testing.T) {
	q := build(t).look(ask(http.MethodGet, "/", ""))
	q.SetSession("s", noon.Add(-time.Hour)) // Max-Age=0 in Go means no Max-Age at all
	if got := q.Header().Get("Set-Cookie"); !strings.Contains(got, "; Max-Age=1;") {
		t.Error(got)
	}
}

func TestBearerHeader(t *testing.T) {
	for _, c := range []struct {
		sent  []string
		token string
		ok    bool
	}{
		{[]string{"Bearer abc"}, "abc", true},
		{[]string{"bearer abc"}, "abc", true}, // RFC 9110 section 11.1
		{[]string{"Basic abc"}, "", false},
		{[]string{"Bearer"}, "", false},
		{[]string{"Bearer "}, "", false},
		{[]string{""}, "", false},
		{[]string{"Bearer abc", "Bearer def"}, "", false},
	} {
		if token, ok := bearer(c.sent); ok != c.ok || ok && token != c.token {
			t.Errorf("%q: %q, %v", c.sent, token, ok)
		}
	}
}
