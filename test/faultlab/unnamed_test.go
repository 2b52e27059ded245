package faultlab

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

func unnamedInjections() []injection {
	const cause = "application_not_named"
	all := map[string]string{"CORS_ORIGINS": "http://one.site.localhost", "COOKIE_DOMAIN": "site.localhost"}
	return []injection{
		{fault: "applications", how: "a proxy asks about a host that no setting names", cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return turnedAway(t, nil, "app.site.localhost", 1)
		}},
		{fault: "applications", how: "a proxy asks about a host that is not in CORS_ORIGINS", cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return turnedAway(t, all, "app.site.localhost", 1)
		}},
		{fault: "applications", how: "a proxy asks about a host of another site", cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return turnedAway(t, all, "app.other.localhost", 3)
		}},
		{fault: "rules", how: "a proxy asks about a host that no rule is about", cause: cause, examine: func(t *testing.T) api.Diagnosis {
			return turnedAway(t, map[string]string{
				"CORS_ORIGINS": "http://one.site.localhost,http://app.site.localhost", "COOKIE_DOMAIN": "site.localhost",
				"POLICY_FILE": file(t, "policy.yaml", "rules: [{hosts: [one.site.localhost]}]"),
			}, "app.site.localhost", 1)
		}},
	}
}

// TestNobodyInventsAnApplication though a proxy passes on whatever is sent to it.
func TestNobodyInventsAnApplication(t *testing.T) {
	t.Parallel()
	expect(t, turnedAway(t, nil, "evil.example.org", 1))
	expect(t, turnedAway(t, nil, "203.0.113.9", 3))
}

// turnedAway has people open an application of a host, three times in all, behind a
// proxy that asks the server.
func turnedAway(t *testing.T, more map[string]string, host string, clients int) api.Diagnosis {
	t.Helper()
	listen := fmt.Sprintf("127.0.0.1:%d", ground.FreePort(t))
	_, port, _ := strings.Cut(listen, ":")
	env := map[string]string{
		"LISTEN_ADDR": listen, "PUBLIC_URL": "http://auth.site.localhost:" + port, "TRUSTED_PROXIES": "127.1.0.1",
	}
	for name, value := range more {
		env[name] = value
	}
	s := ground.Server(t, env)
	list := people(t, s, 1)
	proxy, admin := somebody(t, s.URL, 0), somebody(t, s.URL, 240)
	proxy.page, admin.page = "", ""
	_, in := admin.try(list[0], passphrase)
	for i := range 3 {
		status, _ := proxy.send("GET", "/api/v1/auth/forward", nil, "Accept", "text/html",
			"X-Forwarded-For", fmt.Sprintf("198.51.%d.7", i%clients), "X-Forwarded-Proto", "http", "X-Forwarded-Host", host, "X-Forwarded-Uri", "/", "X-Forwarded-Method", "GET")
		if status != http.StatusForbidden {
			t.Fatalf("the question is answered %d", status)
		}
	}
	return asked(t, s, in["access_token"], "?fresh=1", func(api.Diagnosis) bool { return true })
}
