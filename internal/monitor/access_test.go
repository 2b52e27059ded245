package monitor

import (
	"net/http"
	"testing"

	"github.com/aiwfe/aiwfe-auth/internal/secret"
)

func TestWhoMayReadMetrics(t *testing.T) {
	const loopback = "127.0.0.1:5000"
	for _, c := range []struct {
		note    string
		relaxed bool
		noToken bool
		as      string // "admin" and "user" are bearer tokens of theirs
		headers []string
		want    int
	}{
		{note: "a stranger", want: 401},
		{note: "this machine, but not in development", headers: []string{"peer", loopback}, want: 401},
		{note: "this machine in development", relaxed: true, headers: []string{"peer", loopback}, want: 200},
		{note: "the same over IPv6", relaxed: true, headers: []string{"peer", "[::1]:5000"}, want: 200},
		{note: "the same as a mapped address", relaxed: true, headers: []string{"peer", "[::ffff:127.0.0.1]:5000"}, want: 200},
		{note: "another machine in development", relaxed: true, want: 401},
		{note: "a proxy on this machine brings the world", relaxed: true, headers: []string{"peer", loopback, "X-Forwarded-For", "127.0.0.1"}, want: 401},
		{note: "a proxy that tells only the protocol", relaxed: true, headers: []string{"peer", loopback, "X-Forwarded-Proto", "http"}, want: 401},
		{note: "a proxy that speaks RFC 7239", relaxed: true, headers: []string{"peer", loopback, "Forwarded", "for=127.0.0.1"}, want: 401},
		{note: "the scraper", headers: []string{"Authorization", asScraper}, want: 200},
		{note: "the scheme in another case", headers: []string{"Authorization", "bearer " + metricsToken}, want: 200},
		{note: "the token without a scheme", headers: []string{"Authorization", metricsToken}, want: 401},
		{note: "the token as a password", headers: []string{"Authorization", "Basic " + metricsToken}, want: 401},
		{note: "a token that begins like the right one", headers: []string{"Authorization", asScraper[:20]}, want: 401},
		{note: "an empty token where none is set", noToken: true, headers: []string{"Authorization", "Bearer "}, want: 401},
		{note: "an administrator", as: "ses_admin", want: 200},
		{note: "somebody else finds nothing here", as: "ses_user", want: 404},
		{note: "a token of no session", as: "ses_gone", want: 401},
	} {
		t.Run(c.note, func(t *testing.T) {
			f := set(t, func(o *Options) {
				o.Relaxed = c.relaxed
				if c.noToken {
					o.Token = secret.Value{}
				}
			})
			headers := c.headers
			if c.as != "" {
				headers = append(headers, "Authorization", f.bearer(t, c.as))
			}
			for _, path := range []string{"/metrics", "/api/metrics/authentication"} {
				if w := f.get(path, headers...); w.Code != c.want {
					t.Errorf("%s: %d %s", path, w.Code, w.Body)
				}
			}
			w := f.get("/api/health/database", headers...)
			if told := w.Body.String() != `{"status":"healthy"}`; w.Code != http.StatusOK || told != (c.want == 200) {
				t.Errorf("details of health: %d %s", w.Code, w.Body)
			}
		})
	}
}

func TestNewRefusesWhatIsMissing(t *testing.T) {
	f := set(t, nil)
	o := f.o
	o.Sources.Pools = nil
	if _, err := New(o); err == nil {
		t.Error("a missing source passes")
	}
	o = f.o
	o.Log = nil
	if _, err := New(o); err == nil {
		t.Error("a missing log passes")
	}
}
