package faultlab

import (
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
)

// fixed is an nginx that writes an address of its own choice over everybody's.
func fixed(address, around string) front {
	return nginxSite(`location / {
proxy_pass http://UPSTREAM;
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-For `+address+`;
proxy_set_header X-Forwarded-Proto $scheme;
}`, around)
}

func oneClientInjections() []injection {
	return []injection{{
		fault: "D22", how: "nginx writes the address of a load balancer over everybody's", cause: "clients_share_address",
		examine: func(t *testing.T) api.Diagnosis { return signedInThrough(t, fixed("10.0.0.9", ""), 6, nil) },
	}}
}

// TestWhoMayShareAnAddress has no finding: people of an office of whom the doctor
// is none, few people, and those who came from elsewhere of late.
func TestWhoMayShareAnAddress(t *testing.T) {
	office := `map $http_user_agent $office { default 10.0.0.9; ~^aiwfe-auth 10.0.0.7; }`
	for _, c := range []struct {
		note   string
		proxy  front
		people int
	}{
		{"an office", fixed("$office", office), 6},
		{"few people", fixed("10.0.0.9", ""), 4},
		{"a server that goes out where its office does", fixed("198.51.100.7", ""), 6},
	} {
		t.Run(c.note, func(t *testing.T) {
			t.Parallel()
			expect(t, signedInThrough(t, c.proxy, c.people, nil))
		})
	}
	t.Run("one came from elsewhere", func(t *testing.T) {
		t.Parallel()
		elsewhere := `map $http_user_agent $seen { default 10.0.0.9; ~Elsewhere 10.0.0.8; }`
		expect(t, signedInThrough(t, fixed("$seen", elsewhere), 6, func(p *person) { p.agent = "Mozilla/5.0 Elsewhere/1.0" }))
	})
}

// signedInThrough has people sign in through a proxy, the last of whom may be
// changed, and lets the doctor look.
func signedInThrough(t *testing.T, proxy front, n int, last func(*person)) api.Diagnosis {
	t.Helper()
	s := behind(t, proxy, map[string]string{"LOGIN_LIMIT_ADDRESS": "1000/1m"})
	base := s.Env("PUBLIC_URL")
	for i, email := range people(t, s, n) {
		p := somebody(t, base, i)
		if last != nil && i == n-1 {
			last(p)
		}
		p.signIn(email)
	}
	return doctor(t, s)
}
