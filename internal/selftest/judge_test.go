package selftest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aiwfe/aiwfe-auth/api"
)

var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

const public = "https://auth.example.com"

// well is what server and browser see where nothing is wrong.
func well() (api.SelfTest, Seen) {
	browser := api.SelfTest{
		Page: "/login", Origin: public, Made: noon.UnixMilli() - 400, Open: 300, Now: noon.UnixMilli(), Secure: true, Cookies: true, Lang: "en",
	}
	server := Seen{
		At: noon, Page: "/login", Public: public, Ours: func(o string) bool { return o == public }, Origin: public, HasOrigin: true,
		FetchSite: "same-origin", Host: "auth.example.com", Scheme: "https", Address: "public", Came: []string{"__Host-aiwfe_csrf"}, Bound: true,
	}
	return browser, server
}

func bare(s *Seen) { s.Bound, s.Came, s.Refused = false, nil, "csrf_cookie_missing" }

func TestEachCauseIsFoundAlone(t *testing.T) {
	no, yes, hides, shows := false, true, "no-referrer", "no-referrer, same-origin"
	for name, c := range map[string]struct {
		change func(*api.SelfTest, *Seen)
		want   string
	}{
		"all is well":                    {func(*api.SelfTest, *Seen) {}, ""},
		"a frame of the same site":       {func(b *api.SelfTest, _ *Seen) { b.Framed = true }, ""},
		"a frame without cookies":        {func(b *api.SelfTest, s *Seen) { b.Framed = true; bare(s) }, "third_party_cookies_blocked"},
		"a sandboxed frame":              {func(b *api.SelfTest, s *Seen) { b.Framed = true; bare(s); s.Origin = "null" }, "third_party_cookies_blocked"},
		"http in place of https":         {func(b *api.SelfTest, s *Seen) { b.Origin = "http://auth.example.com"; b.Secure = false; bare(s) }, "insecure_context"},
		"http, and another port":         {func(b *api.SelfTest, s *Seen) { b.Origin = "http://auth.example.com:8080"; b.Secure = false; bare(s) }, "insecure_context"},
		"https within an insecure frame": {func(b *api.SelfTest, _ *Seen) { b.Secure = false }, "insecure_context"},
		"another host": {func(b *api.SelfTest, s *Seen) {
			b.Origin, s.Origin = "https://www.example.com", "https://www.example.com"
		}, "public_url_mismatch"},
		"another port":                     {func(b *api.SelfTest, _ *Seen) { b.Origin = public + ":8443" }, "public_url_mismatch"},
		"an address that cannot be read":   {func(b *api.SelfTest, _ *Seen) { b.Origin = "https://[::1" }, "public_url_mismatch"},
		"Origin null":                      {func(_ *api.SelfTest, s *Seen) { s.Origin = "null" }, "origin_null"},
		"a policy that hides":              {func(b *api.SelfTest, _ *Seen) { b.Policy = &hides }, "proxy_referrer_policy"},
		"a policy that ends in ours":       {func(b *api.SelfTest, _ *Seen) { b.Policy = &shows }, ""},
		"an origin of another":             {func(_ *api.SelfTest, s *Seen) { s.Origin = "http://backend:8080" }, "proxy_rewrites_origin"},
		"Sec-Fetch-Site of another":        {func(_ *api.SelfTest, s *Seen) { s.FetchSite, s.Refused = "cross-site", "fetch_site_cross_site" }, "proxy_rewrites_origin"},
		"the token's header is lost":       {func(_ *api.SelfTest, s *Seen) { s.Refused = "csrf_token_missing" }, "proxy_strips_csrf_header"},
		"two cookies":                      {func(_ *api.SelfTest, s *Seen) { bare(s); s.Doubled = []string{"aiwfe_csrf"} }, "cookie_duplicated"},
		"two cookies, accepted":            {func(_ *api.SelfTest, s *Seen) { s.Doubled = []string{"aiwfe_session"} }, "cookie_duplicated"},
		"a cookie that is cut":             {func(_ *api.SelfTest, s *Seen) { bare(s); s.Unreadable = []string{"aiwfe_csrf"} }, "cookie_unreadable"},
		"cookies off":                      {func(b *api.SelfTest, s *Seen) { bare(s); b.Cookies = false }, "cookies_blocked"},
		"cookies dropped by the browser":   {func(b *api.SelfTest, s *Seen) { bare(s); b.Kept = &no }, "cookies_blocked"},
		"cookies lost on the way":          {func(b *api.SelfTest, s *Seen) { bare(s); b.Kept = &yes }, "cookie_not_returned"},
		"the session alone is lost":        {func(_ *api.SelfTest, s *Seen) { s.Lost = true }, "cookie_not_returned"},
		"the session is there twice":       {func(_ *api.SelfTest, s *Seen) { s.Lost = true; s.Doubled = []string{"aiwfe_session"} }, "cookie_duplicated"},
		"a page of yesterday":              {func(b *api.SelfTest, _ *Seen) { b.Made -= 86400000 }, "cache_serves_auth"},
		"a page open since yesterday":      {func(b *api.SelfTest, _ *Seen) { b.Made -= 86400000; b.Open = 86400000 }, ""},
		"a page of a clock that is ahead":  {func(b *api.SelfTest, _ *Seen) { b.Made += 86400000 }, ""},
		"a page that tells no time":        {func(b *api.SelfTest, _ *Seen) { b.Made = 0 }, ""},
		"a clock ahead":                    {func(b *api.SelfTest, _ *Seen) { b.Now += 200_000 }, "browser_clock_off"},
		"a clock behind":                   {func(b *api.SelfTest, _ *Seen) { b.Now -= 200_000 }, "browser_clock_off"},
		"a clock a little off":             {func(b *api.SelfTest, _ *Seen) { b.Now += 170_000 }, ""},
		"a fresh token of another key":     {func(b *api.SelfTest, s *Seen) { b.Again = true; s.Refused = "signature_wrong" }, "secret_differs_between_nodes"},
		"a fresh token of another browser": {func(b *api.SelfTest, s *Seen) { b.Again = true; s.Refused = "bound_elsewhere" }, "cache_serves_auth"},
		"an old token of another key":      {func(_ *api.SelfTest, s *Seen) { s.Refused = "signature_wrong" }, ""},
		// Two things that have nothing to do with each other are both told of.
		"cookies off and a clock ahead": {func(b *api.SelfTest, s *Seen) { bare(s); b.Cookies = false; b.Now += 3600_000 }, "cookies_blocked browser_clock_off"},
		"cached and two cookies":        {func(b *api.SelfTest, s *Seen) { b.Made -= 86400000; s.Doubled = []string{"aiwfe_csrf"} }, "cookie_duplicated cache_serves_auth"},
		// What follows from another cause is not told of by itself.
		"another host without cookies": {func(b *api.SelfTest, s *Seen) {
			bare(s)
			b.Origin, s.Origin, s.Refused = "https://www.example.com", "https://www.example.com", "origin_foreign"
		}, "public_url_mismatch"},
	} {
		t.Run(name, func(t *testing.T) {
			said, seen := well()
			c.change(&said, &seen)
			found := Judge(&said, seen)
			if got := causes(found); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
			for _, f := range found {
				if _, ok := api.Causes[f.Cause]; !ok || f.Evidence == "" || expected(f.Cause) == "" {
					t.Errorf("%s is not in the catalogue, shows nothing or expects nothing", f.Cause)
				}
			}
		})
	}
}

func TestServerJudgesAloneWhereNoScriptRuns(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Seen)
		want   string
	}{
		"without its cookie":    {bare, "cookie_not_returned"},
		"two cookies":           {func(s *Seen) { bare(s); s.Doubled = []string{"aiwfe_csrf"} }, "cookie_duplicated"},
		"Origin null":           {func(s *Seen) { s.Origin, s.Refused = "null", "origin_null" }, "origin_null"},
		"another host":          {func(s *Seen) { s.Origin, s.Refused = "https://www.example.com", "origin_foreign" }, "public_url_mismatch"},
		"plain http":            {func(s *Seen) { s.Origin, s.Refused = "http://auth.example.com", "origin_foreign" }, "insecure_context"},
		"a key of another node": {func(s *Seen) { s.Refused = "signature_wrong" }, "secret_differs_between_nodes"},
		"only expired":          {func(s *Seen) { s.Refused = "csrf_token_expired" }, ""},
		"in a frame": {func(s *Seen) {
			bare(s)
			s.FetchSite, s.FetchDest, s.HasOrigin = "cross-site", "iframe", false
		}, "third_party_cookies_blocked"},
	} {
		_, seen := well()
		c.change(&seen)
		if got := causes(Judge(nil, seen)); got != c.want {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}

func TestNothingIsKeptOfWhatAnotherSiteMayHaveCaused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Seen)
		own    bool
	}{
		"a page of ours":                  {func(*Seen) {}, true},
		"at another address":              {func(s *Seen) { s.Origin = "https://www.example.com" }, true},
		"another site":                    {func(s *Seen) { s.FetchSite, s.Origin = "cross-site", "https://evil.example" }, false},
		"a sibling":                       {func(s *Seen) { s.FetchSite, s.Origin = "same-site", "https://evil.example.com" }, false},
		"another site that hides":         {func(s *Seen) { s.FetchSite, s.Origin = "cross-site", "null" }, false},
		"without TLS, at its host":        {func(s *Seen) { s.FetchSite, s.Origin, s.Host = "", "http://auth.test:8080", "auth.test:8080" }, true},
		"without TLS, of another site":    {func(s *Seen) { s.FetchSite, s.Origin, s.Host = "", "http://evil.example", "auth.test:8080" }, false},
		"without TLS, hidden":             {func(s *Seen) { s.FetchSite, s.Origin, s.Host = "", "null", "auth.test:8080" }, false},
		"a very old browser":              {func(s *Seen) { s.FetchSite, s.Origin, s.HasOrigin = "", "", false }, true},
		"typed into the address bar":      {func(s *Seen) { s.FetchSite = "none" }, false},
		"two lines of Sec-Fetch-Site":     {func(s *Seen) { s.FetchSite = "same-origin, cross-site" }, false},
		"a host that is only a part":      {func(s *Seen) { s.FetchSite, s.Origin, s.Host = "", "http://auth.test", "auth.test:8080" }, false},
		"an origin that is only a word":   {func(s *Seen) { s.FetchSite, s.Origin, s.Host = "", "auth.test:8080", "auth.test:8080" }, false},
		"an origin with nothing behind":   {func(s *Seen) { s.FetchSite, s.Origin, s.Host = "", "http://", "" }, false},
		"an origin of another spelling":   {func(s *Seen) { s.FetchSite, s.Origin, s.Host = "", "http://AUTH.test", "auth.test" }, true},
		"our own origin, no fetch header": {func(s *Seen) { s.FetchSite = "" }, true},
	} {
		_, seen := well()
		c.change(&seen)
		if got := seen.OwnPage(); got != c.own {
			t.Errorf("%s: taken for our own page: %v", name, got)
		}
	}
}

func TestCodesAreReadAsPeopleWriteThem(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		code := NewCode()
		if got, ok := ReadCode(" " + strings.ToLower(code[:3]) + "-" + code[3:] + " "); !ok || got != code || seen[code] {
			t.Fatalf("%s is read as %q, %v; seen before: %v", code, got, ok, seen[code])
		}
		seen[code] = true
	}
	var used []byte
	for code := range seen {
		used = append(used, code...)
	}
	slices.Sort(used)
	if got := string(slices.Compact(used)); got != alphabet {
		t.Errorf("2000 codes are made of %s", got)
	}
	for _, none := range []string{"", "ABCDE", "ABCDEFG", "ABCDE0", "ABCDEI", "ABCDÉ", "ABC\nDEF", "ABCDE\x00"} {
		if code, ok := ReadCode(none); ok {
			t.Errorf("%q is read as %s", none, code)
		}
	}
}

func TestEvidenceHoldsNothingThatMovesACursor(t *testing.T) {
	said, seen := well()
	said.Origin = "https://evil.example/\x1b[2J\r\n" + strings.Repeat("x", 290)
	seen.Origin, seen.Host, seen.FetchSite = "\x1b]0;title\x07", "a\u202eb\x00", strings.Repeat("\x1b", 500)
	for _, f := range Judge(&said, seen) {
		if strings.ContainsAny(f.Evidence, "\x1b\r\x07\x00\u202e") || len(f.Evidence) > 2000 {
			t.Errorf("%d bytes: %q", len(f.Evidence), f.Evidence)
		}
	}
}
