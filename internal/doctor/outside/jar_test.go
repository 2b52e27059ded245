package outside

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

func address(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func testJar() *jar { return newJar(func() time.Time { return noon }) }

// TestJarStoresAsABrowserDoes is RFC 6265bis section 5.6 and 5.7, line by line:
// stored means that it comes back to the address that set it.
func TestJarStoresAsABrowserDoes(t *testing.T) {
	const stored, gone = "", "gone"
	for _, c := range []struct{ at, line, want string }{
		// Domain: of the host, in any case, with or without a dot, and nothing beside it.
		{"https://auth.example.com", "a=1", stored},
		{"https://auth.example.com", "a=1; Domain=auth.example.com", stored},
		{"https://auth.example.com", "a=1; Domain=.EXAMPLE.com", stored},
		{"https://auth.example.com", "a=1; Domain=", stored},
		{"https://AUTH.example.com", "a=1; Domain=example.com", stored},
		{"https://auth.example.com", "a=1; Domain=other.com", "cookie_domain_mismatch"},
		{"https://auth.example.com", "a=1; Domain=deep.auth.example.com", "cookie_domain_mismatch"},
		{"https://auth.example.com", "a=1; Domain=ample.com", "cookie_domain_mismatch"},
		{"https://auth.example.com", "a=1; Domain=www.example.com", "cookie_domain_mismatch"},
		{"https://auth.example.com", "a=1; Domain=example.com; Domain=other.com", "cookie_domain_mismatch"},
		{"https://auth.example.com", "a=1; Domain=other.com; Domain=example.com", stored},
		{"https://auth.example.com", "a=1; Domain=example.com:443", "cookie_domain_mismatch"},
		{"https://auth.example.com", "a=1; Domain=https://auth.example.com", "cookie_domain_mismatch"},
		// An address of digits has no domains above it.
		{"https://192.0.2.7", "a=1; Domain=192.0.2.7", stored},
		{"https://192.0.2.7", "a=1; Domain=0.2.7", "cookie_domain_mismatch"},
		{"https://[2001:db8::1]", "a=1", stored},
		// Public suffixes, of registries and of companies.
		{"https://shop.example.co.uk", "a=1; Domain=co.uk", "cookie_public_suffix"},
		{"https://auth.example.com", "a=1; Domain=com", "cookie_public_suffix"},
		{"https://me.duckdns.org", "a=1; Domain=duckdns.org", "cookie_public_suffix"},
		{"https://me.fly.dev", "a=1; Domain=fly.dev", "cookie_public_suffix"},
		{"https://me.vercel.app", "a=1; Domain=vercel.app", "cookie_public_suffix"},
		{"https://box.tail1234.ts.net", "a=1; Domain=ts.net", "cookie_public_suffix"},
		{"https://me.github.io", "a=1; Domain=github.io", "cookie_public_suffix"},
		{"https://a.me.duckdns.org", "a=1; Domain=me.duckdns.org", stored},
		{"https://auth.local", "a=1; Domain=local", "cookie_public_suffix"},
		{"https://auth.corp.internal", "a=1; Domain=corp.internal", stored},
		{"http://localhost", "a=1; Domain=localhost", stored},
		{"https://duckdns.org", "a=1; Domain=duckdns.org", stored}, // the suffix's own host keeps it for itself
		// Prefixes, in any case.
		{"https://auth.example.com", "__Host-a=1; Secure; Path=/", stored},
		{"https://auth.example.com", "__Host-a=1; Secure; Path=/; Domain=auth.example.com", "cookie_prefix_violated"},
		{"https://auth.example.com", "__Host-a=1; Secure; Path=/app", "cookie_prefix_violated"},
		{"https://auth.example.com", "__Host-a=1; Secure", "cookie_prefix_violated"},
		{"https://auth.example.com", "__Host-a=1; Path=/", "cookie_prefix_violated"},
		{"https://auth.example.com", "__host-a=1; Path=/", "cookie_prefix_violated"},
		{"https://auth.example.com", "__Secure-a=1; Secure", stored},
		{"https://auth.example.com", "__Secure-a=1; Secure; Domain=example.com", stored},
		{"https://auth.example.com", "__SECURE-a=1", "cookie_prefix_violated"},
		{"https://auth.example.com", "=__Host-a=1; Secure; Path=/", "cookie_prefix_violated"},
		{"https://auth.example.com", "__Secure-a; Path=/", "cookie_prefix_violated"},
		// Secure, and where it may be set.
		{"https://auth.example.com", "a=1; Secure", stored},
		{"http://auth.example.com", "a=1; Secure", "cookie_secure_over_http"},
		{"http://auth.example.com", "__Secure-a=1; Secure", "cookie_secure_over_http"},
		{"http://localhost:8080", "a=1; Secure", stored},
		{"http://app.localhost", "a=1; Secure", stored},
		{"http://127.0.0.1:8080", "a=1; Secure", stored},
		{"http://[::1]:8080", "a=1; Secure", stored},
		{"http://10.0.0.1", "a=1; Secure", "cookie_secure_over_http"},
		// SameSite and Partitioned.
		{"https://auth.example.com", "a=1; SameSite=None; Secure", stored},
		{"https://auth.example.com", "a=1; SameSite=none", "cookie_samesite_none_insecure"},
		{"http://localhost", "a=1; SameSite=None", "cookie_samesite_none_insecure"},
		{"https://auth.example.com", "a=1; SameSite=Nonsense", stored},
		{"https://auth.example.com", "a=1; SameSite=Strict", stored},
		{"https://auth.example.com", "a=1; Partitioned", "cookie_samesite_none_insecure"},
		{"https://auth.example.com", "a=1; Partitioned; Secure; SameSite=None", stored},
		// Size and shape. The last attribute of a name counts, a long one not at all.
		{"https://auth.example.com", "a=" + strings.Repeat("x", 4095), stored},
		{"https://auth.example.com", "a=" + strings.Repeat("x", 4096), "cookie_too_large"},
		{"https://auth.example.com", "a=1; Domain=" + strings.Repeat("x", 1025), stored},
		{"https://auth.example.com", "a=1\x01", "cookie_malformed"},
		{"https://auth.example.com", "a=1; Path=/\x7f", "cookie_malformed"},
		{"https://auth.example.com", "a=1\t; Path=/", stored},
		{"https://auth.example.com", "=; Path=/", "cookie_malformed"},
		{"https://auth.example.com", "", "cookie_malformed"},
		{"https://auth.example.com", "onlyavalue", stored},
		{"https://auth.example.com", "  a  =  1  ;  secure  ", stored},
		{"https://auth.example.com", "a=b=c", stored},
		// The end.
		{"https://auth.example.com", "a=1; Max-Age=60", stored},
		{"https://auth.example.com", "a=1; Max-Age=0", gone},
		{"https://auth.example.com", "a=1; Max-Age=-5", gone},
		{"https://auth.example.com", "a=1; Max-Age=soon", stored},
		{"https://auth.example.com", "a=1; Max-Age=+5", stored},
		{"https://auth.example.com", "a=1; Expires=Mon, 01 Jun 2026 11:59:59 GMT", gone},
		{"https://auth.example.com", "a=1; Expires=Mon, 01 Jun 2026 12:00:01 GMT", stored},
		{"https://auth.example.com", "a=1; Expires=Monday, 01-Jun-26 11:00:00 GMT", gone},
		{"https://auth.example.com", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", stored},
		{"https://auth.example.com", "a=1; Expires=Wed, 01 Jan 2036 00:00:00 GMT; Max-Age=0", gone},
		{"https://auth.example.com", "a=1; Expires=whenever", stored},
	} {
		j, u := testJar(), address(t, c.at)
		v := j.set(u, c.line, noon)
		got := string(v.cause)
		if v.gone {
			got = gone
		}
		if got != c.want || got == stored && len(j.cookies(u, false)) != 1 || got != stored && len(j.stored) != 0 {
			t.Errorf("%s, Set-Cookie: %.60q: %q (%s), %d kept, want %q", c.at, c.line, got, v.why, len(j.stored), c.want)
		}
		if v.cause != "" && v.why == "" {
			t.Errorf("%.60q is refused without a reason", c.line)
		}
		if v.cause != "" && api.Causes[v.cause].Title == "" {
			t.Errorf("the cause %q is not in the catalogue", v.cause)
		}
	}
}

// TestJarSendsAsABrowserDoes is section 5.8.
func TestJarSendsAsABrowserDoes(t *testing.T) {
	for _, c := range []struct {
		set, line, ask string
		cross          bool
		want           string
	}{
		{"https://auth.example.com", "a=1", "https://auth.example.com/x", false, "a=1"},
		{"https://auth.example.com", "a=1", "https://example.com", false, ""},
		{"https://auth.example.com", "a=1", "https://deep.auth.example.com", false, ""},
		{"https://auth.example.com", "a=1; Domain=example.com", "https://app.example.com", false, "a=1"},
		{"https://auth.example.com", "a=1; Domain=example.com", "https://badexample.com", false, ""},
		// Ports do not part cookies, schemes do where they are Secure.
		{"https://auth.example.com:8443", "a=1", "https://auth.example.com", false, "a=1"},
		{"https://auth.example.com", "a=1; Secure", "http://auth.example.com", false, ""},
		{"https://auth.example.com", "a=1", "http://auth.example.com", false, "a=1"},
		{"http://localhost:8080", "a=1; Secure", "http://localhost:9090", false, "a=1"},
		// Paths.
		{"https://auth.example.com/api/v1/token", "a=1", "https://auth.example.com/api/v1/login", false, "a=1"},
		{"https://auth.example.com/api/v1/token", "a=1", "https://auth.example.com/login", false, ""},
		{"https://auth.example.com/token", "a=1", "https://auth.example.com/login", false, "a=1"},
		{"https://auth.example.com/x", "a=1; Path=/auth", "https://auth.example.com/auth/login", false, "a=1"},
		{"https://auth.example.com/x", "a=1; Path=/auth", "https://auth.example.com/authority", false, ""},
		{"https://auth.example.com/x", "a=1; Path=/auth/", "https://auth.example.com/auth", false, ""},
		{"https://auth.example.com/a/b", "a=1; Path=relative", "https://auth.example.com/a/c", false, "a=1"},
		// Another site's script gets only what says SameSite=None.
		{"https://auth.example.com", "a=1", "https://auth.example.com", true, ""},
		{"https://auth.example.com", "a=1; SameSite=Lax", "https://auth.example.com", true, ""},
		{"https://auth.example.com", "a=1; SameSite=None; Secure", "https://auth.example.com", true, "a=1"},
	} {
		j := testJar()
		if v := j.set(address(t, c.set), c.line, noon); v.cause != "" {
			t.Fatalf("%q is refused: %s", c.line, v.why)
		}
		got := ""
		for _, k := range j.cookies(address(t, c.ask), c.cross) {
			got += k.name + "=" + k.value
		}
		if got != c.want {
			t.Errorf("%q set by %s, sent to %s: %q, want %q", c.line, c.set, c.ask, got, c.want)
		}
	}
}

// TestJarReplacesOverlaysAndOrders looks at several cookies together.
func TestJarReplacesOverlaysAndOrders(t *testing.T) {
	u := address(t, "https://auth.example.com/app/x")
	for _, c := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"the same name, domain and path is replaced", []string{"a=1; Path=/", "a=2; Path=/"}, "a=2"},
		{"and taken away", []string{"a=1; Path=/", "a=; Path=/; Max-Age=0"}, ""},
		{"another path is another cookie, the longer first", []string{"a=1; Path=/", "a=2; Path=/app"}, "a=2; a=1"},
		{"another domain too", []string{"a=1; Path=/", "a=2; Path=/; Domain=example.com"}, "a=1; a=2"},
		{"one of the host's is not taken away by one of the domain's", []string{"a=1; Path=/", "a=; Path=/; Domain=example.com; Max-Age=0"}, "a=1"},
		{"without a name the value alone is sent", []string{"alone; Path=/"}, "alone"},
	} {
		j := testJar()
		for _, line := range c.lines {
			j.set(u, line, noon)
		}
		if got := j.header(u); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	j := testJar()
	j.set(u, "a=1; Secure; Path=/", noon)
	if v := j.set(address(t, "http://auth.example.com/"), "a=2; Path=/", noon); v.cause != "cookie_not_secure" {
		t.Errorf("plain http overlaid a Secure cookie: %q", v.cause)
	}
	now := noon
	j = newJar(func() time.Time { return now })
	j.set(u, "a=1; Path=/; Max-Age=60", noon)
	now = noon.Add(time.Minute + time.Second)
	if got := j.header(u); got != "" {
		t.Errorf("a cookie outlived its Max-Age: %q", got)
	}
}

// TestCookieIsJudgedByTheClockOfItsAnswer: a browser corrects its own clock.
func TestCookieIsJudgedByTheClockOfItsAnswer(t *testing.T) {
	line := "a=1; Expires=Mon, 01 Jun 2026 11:30:00 GMT"
	if v := testJar().set(address(t, "https://a.example"), line, noon.Add(-time.Hour)); v.gone {
		t.Error("a cookie for half an hour of a server that is an hour behind counts as expired")
	}
}

// TestEvidenceHoldsNoValue: what is printed of a cookie opens nothing.
func TestEvidenceHoldsNoValue(t *testing.T) {
	c, _, _ := parseCookie("__Host-aiwfe_session=canary; Secure; HttpOnly; Path=/; SameSite=Lax; Domain=x.example")
	want := "Set-Cookie: __Host-aiwfe_session=…; Domain=x.example; Path=/; Secure; HttpOnly; SameSite=Lax"
	if got := c.String(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
