package csrf

import (
	"net/url"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func origins(t testing.TB, public string, relaxed bool, cors ...string) Origins {
	t.Helper()
	o, err := NewOrigins(mustURL(t, public), cors, relaxed)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOnlyTheExactOriginPasses(t *testing.T) {
	o := origins(t, "https://aiwfe.com", false, "https://app.aiwfe.com", "https://other.example:8443/")
	for _, ok := range []string{"https://aiwfe.com", "https://app.aiwfe.com", "https://other.example:8443"} {
		if err := o.Check(Question{Origin: ok, HasOrigin: true}); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
	}
	for _, bad := range []string{
		"http://aiwfe.com", // the sibling without TLS, where anybody on the network writes the page
		"https://aiwfe.com:443", "https://aiwfe.com:80", "https://aiwfe.com:8443",
		"https://aiwfe.com/", "https://aiwfe.com/x", "https://aiwfe.com?", "https://aiwfe.com#",
		"https://aiwfe.com ", " https://aiwfe.com", "https://aiwfe.com\t", "https://aiwfe.com\x00",
		"HTTPS://aiwfe.com", "https://AIWFE.com", "https://aiwfe.com.",
		"https://user@aiwfe.com", "https://aiwfe.com@evil.example", "https://evil.example@aiwfe.com",
		"https://aiwfe.com.evil.example", "https://evilaiwfe.com", "https://www.aiwfe.com", "https://.aiwfe.com",
		"https://app.aiwfe.com:443", "http://app.aiwfe.com", "https://sub.app.aiwfe.com", "https://other.example",
		"https://aiwfe.com, https://aiwfe.com", "https://aiwfe.com,https://evil.example", "https://aiwfe.com https://evil.example",
		"", "*", "aiwfe.com", "//aiwfe.com", "file://", "https://", "https://aiwfe.com\\", "https:aiwfe.com",
		"http://localhost:8080", "http://127.0.0.1", // not in production
	} {
		wantFault(t, o.Check(Question{Origin: bad, HasOrigin: true}), api.CodeOriginNotAllowed, "origin_foreign")
	}
	wantFault(t, o.Check(Question{Origin: "null", HasOrigin: true}), api.CodeOriginNotAllowed, "origin_null")
}

func TestFetchSite(t *testing.T) {
	o := origins(t, "https://aiwfe.com", false, "https://app.aiwfe.com")
	for _, c := range []struct {
		origin, site, reason string
	}{
		{"", "same-origin", ""},
		{"", "none", ""}, // typed or bookmarked
		{"https://aiwfe.com", "same-origin", ""},
		{"https://app.aiwfe.com", "same-site", ""},
		{"https://app.aiwfe.com", "cross-site", ""},
		{"", "same-site", "fetch_site_same_site"}, // a sibling subdomain may be anybody's
		{"", "cross-site", "fetch_site_cross_site"},
		{"https://aiwfe.com", "same-site", "fetch_site_same_site"},
		{"https://aiwfe.com", "cross-site", "fetch_site_cross_site"}, // contradictory: no browser sends it
		{"https://evil.example", "same-origin", "origin_foreign"},    // the Origin counts, whatever stands beside it
		{"https://evil.example", "none", "origin_foreign"},
		{"https://sub.aiwfe.com", "same-site", "origin_foreign"},
		{"null", "same-origin", "origin_null"},
		{"null", "cross-site", "origin_null"},
		{"", "Same-Origin", "fetch_site_unknown"},
		{"", "same-origin, cross-site", "fetch_site_unknown"},
		{"", "same-origin ", "fetch_site_unknown"},
		{"https://aiwfe.com", "", "fetch_site_unknown"},
		{"https://app.aiwfe.com", "anything", "fetch_site_unknown"},
	} {
		err := o.Check(Question{Origin: c.origin, HasOrigin: c.origin != "", FetchSite: c.site, HasFetchSite: true})
		if c.reason == "" && err != nil {
			t.Errorf("%q, %q: %v", c.origin, c.site, err)
		} else if c.reason != "" {
			wantFault(t, err, api.CodeOriginNotAllowed, c.reason)
		}
	}
}

func TestRequestWithoutEitherHeaderIsNotJudged(t *testing.T) {
	if err := origins(t, "https://aiwfe.com", false).Check(Question{}); err != nil {
		t.Error(err)
	}
	// Even where nothing is allowed, and only there a stray value is ignored.
	if err := (Origins{}).Check(Question{Origin: "https://evil.example", FetchSite: "cross-site"}); err != nil {
		t.Error(err)
	}
}

func TestZeroOriginsAllowNone(t *testing.T) {
	for _, origin := range []string{"", "https://aiwfe.com", "http://localhost"} {
		wantFault(t, Origins{}.Check(Question{Origin: origin, HasOrigin: true}), api.CodeOriginNotAllowed, "origin_foreign")
	}
}

func TestDevelopmentTakesTheNamesOfThisMachineWithItsPort(t *testing.T) {
	o := origins(t, "http://localhost:8080", true)
	for _, ok := range []string{"http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"} {
		if err := o.Check(Question{Origin: ok, HasOrigin: true, FetchSite: "same-origin", HasFetchSite: true}); err != nil {
			t.Errorf("%s: %v", ok, err)
		}
		if o.Allowed(ok) {
			t.Errorf("%s is named in CORS answers without being listed", ok)
		}
	}
	for _, bad := range []string{
		"http://localhost:8081", "http://localhost", "https://localhost:8080", "http://127.0.0.2:8080", "http://[::]:8080",
		"http://0.0.0.0:8080", "http://localhost.:8080", "http://127.1:8080", "http://localhost.evil.example:8080",
	} {
		wantFault(t, o.Check(Question{Origin: bad, HasOrigin: true}), api.CodeOriginNotAllowed, "origin_foreign")
	}
	// From one of these names to another is cross-site even here.
	err := o.Check(Question{Origin: "http://127.0.0.1:8080", HasOrigin: true, FetchSite: "cross-site", HasFetchSite: true})
	wantFault(t, err, api.CodeOriginNotAllowed, "fetch_site_cross_site")

	strict := origins(t, "http://localhost:8080", false)
	err = strict.Check(Question{Origin: "http://127.0.0.1:8080", HasOrigin: true})
	wantFault(t, err, api.CodeOriginNotAllowed, "origin_foreign")
}

// Operators write addresses in many ways; browsers in one.
func TestConfiguredOriginsAreReadAsBrowsersWriteThem(t *testing.T) {
	for configured, sent := range map[string]string{
		"https://aiwfe.com/":          "https://aiwfe.com",
		"https://aiwfe.com:443":       "https://aiwfe.com",
		"HTTPS://AIWFE.com":           "https://aiwfe.com",
		"http://aiwfe.com:80":         "http://aiwfe.com",
		"https://bücher.example":      "https://xn--bcher-kva.example",
		"http://[::1]:80":             "http://[::1]",
		"http://[0:0:0:0:0:0:0:1]:81": "http://[::1]:81",
	} {
		if err := origins(t, configured, false).Check(Question{Origin: sent, HasOrigin: true}); err != nil {
			t.Errorf("%s as PUBLIC_URL: %v", configured, err)
		}
		if !origins(t, "https://x.example", false, configured).Allowed(sent) {
			t.Errorf("%s in CORS_ORIGINS does not allow %s", configured, sent)
		}
	}
}

func TestOnlyListedOriginsAreNamedInCORSAnswers(t *testing.T) {
	o := origins(t, "https://aiwfe.com", true, "https://app.aiwfe.com")
	for origin, want := range map[string]bool{
		"https://app.aiwfe.com": true, "https://aiwfe.com": false, "null": false, "": false, "*": false, "https://evil.example": false,
	} {
		if o.Allowed(origin) != want {
			t.Errorf("%q: allowed is %t", origin, !want)
		}
	}
}

func TestWrongOriginsStopTheStart(t *testing.T) {
	for _, bad := range []string{
		"*", "null", "https://*.aiwfe.com", "app.aiwfe.com", "ftp://aiwfe.com", "https://", "https://u:p@aiwfe.com",
		"https://aiwfe.com/path", "https://aiwfe.com?q", "https://aiwfe.com#f", "https://aiwfe.com?", "https://aiwfe.com#", "",
	} {
		if _, err := NewOrigins(mustURL(t, "https://aiwfe.com"), []string{bad}, false); err == nil {
			t.Errorf("CORS_ORIGINS %q was accepted", bad)
		}
	}
	if _, err := NewOrigins(nil, nil, false); err == nil {
		t.Error("no PUBLIC_URL was accepted")
	}
	if _, err := NewOrigins(&url.URL{Scheme: "gopher", Host: "aiwfe.com"}, nil, false); err == nil {
		t.Error("a gopher PUBLIC_URL was accepted")
	}
}
