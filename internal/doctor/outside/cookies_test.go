package outside

import (
	"net/http"
	"slices"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

// TestCookiesOfAnAnswerAreJudged: what a browser has against them, of those
// alone on which a login depends.
func TestCookiesOfAnAnswerAreJudged(t *testing.T) {
	for _, c := range []struct {
		name, at string
		lines    []string
		want     []api.Cause
	}{
		{"sound", "https://a.example.com", []string{"s=1; Path=/; Secure; HttpOnly"}, nil},
		{"Secure over http", "http://a.example.com", []string{"s=1; Path=/; Secure"}, []api.Cause{"cookie_secure_over_http"}},
		{"not Secure on https", "https://a.example.com", []string{"sid=1; Path=/"}, []api.Cause{"cookie_not_secure"}},
		{"not Secure on http", "http://a.example.com", []string{"sid=1; Path=/"}, nil},
		{"a suffix", "https://me.duckdns.org", []string{"sid=1; Path=/; Secure; Domain=duckdns.org"}, []api.Cause{"cookie_public_suffix"}},
		{"a language beside it", "https://a.example.com", []string{"sid=1; Path=/; Secure", "lang=de; Path=/de"}, nil},
		{"a balancer's beside it", "https://a.example.com", []string{"sid=1; Path=/; Secure", "AWSALB=x; Path=/; Domain=b.example"}, nil},
		{"an old one taken away", "https://a.example.com", []string{"sid=; Path=/old; Max-Age=0", "sid=1; Path=/; Secure"}, nil},
		{"taken away with a word in it", "https://a.example.com", []string{"sid=deleted; Path=/; Secure; Max-Age=0"}, []api.Cause{"cookie_expired_at_birth"}},
		{"two of one name", "https://a.example.com", []string{"sid=1; Path=/; Secure", "sid=2; Path=/api; Secure"}, []api.Cause{"cookie_duplicated"}},
		{
			"two faults", "https://a.example.com",
			[]string{"sid=1; Path=/; Domain=b.example; Secure", "csrf=1; Path=/csrf; Secure"},
			[]api.Cause{"cookie_domain_mismatch", "cookie_path_wrong"},
		},
	} {
		x := &outside{jar: testJar()}
		a := &answer{Header: http.Header{"Set-Cookie": c.lines}}
		var got []api.Cause
		for _, f := range x.judge(address(t, c.at+tokenPath), a, x.relevant(a)) {
			got = append(got, f.Code)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
