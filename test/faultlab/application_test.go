package faultlab

import (
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/test/ground"
)

// rules gives a file of rules to the doctor.
func rules(how string, cause api.Cause, text string, env map[string]string) injection {
	return injection{fault: "rules", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		own := map[string]string{"PUBLIC_URL": "http://auth.site.localhost:8080", "POLICY_FILE": file(t, "policy.yaml", text)}
		maps.Copy(own, env)
		s := ground.Unstarted(t, own)
		if cause != "policy_invalid" {
			withTables(t, s)
		}
		return doctor(t, s)
	}}
}

func withTables(t *testing.T, s *ground.Instance) {
	t.Helper()
	if res := s.Run("migrate", "up"); res.Code != 0 {
		t.Fatalf("migrate up: %s", res.Stderr)
	}
}

// writable are rules that others can change, in a folder that is open to them.
func writable(how string, mode os.FileMode) injection {
	return injection{fault: "rules", how: how, cause: "policy_file_open", examine: func(t *testing.T) api.Diagnosis {
		path := filepath.Join(openFolder(t), "policy.yaml")
		if err := os.WriteFile(path, []byte("rules: [{paths: [/a]}]"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		s := ground.Unstarted(t, map[string]string{"POLICY_FILE": path})
		withTables(t, s)
		return doctor(t, s)
	}}
}

// application makes an application, or what is none, and names its address.
func application(how string, cause api.Cause, make func(t *testing.T, own string) (setting, address string)) injection {
	return injection{fault: "applications", how: how, cause: cause, examine: func(t *testing.T) api.Diagnosis {
		own := nobody(t)
		name, address := make(t, own)
		s := ground.Unstarted(t, map[string]string{"LISTEN_ADDR": own, name: address})
		withTables(t, s)
		return doctor(t, s)
	}}
}

// serving is a server of HTTP until the test ends.
func serving(t *testing.T, tls bool) string {
	t.Helper()
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = quiet
	if tls {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// nobody is an address of this machine where nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func applicationInjections() []injection {
	type env = map[string]string
	app := `rules: [{name: reports, hosts: [app.site.localhost], paths: [/reports/**]}]`
	return []injection{
		rules("a member that there is not", "policy_invalid", "rules:\n  - {path: [/a]}\n", nil),
		rules("a rule that no question reaches", "policy_invalid", "rules:\n  - {paths: ['/**']}\n  - {paths: [/admin], roles: [admin]}\n", nil),
		rules("a list that somebody emptied", "policy_invalid", "rules:\n  - paths:\n    allow: everyone\n", nil),
		rules("no YAML", "policy_invalid", "rules: [", nil),
		by("rules", "a file that is not there", "policy_invalid", real(env{"POLICY_FILE": "/proc/aiwfe-auth/policy.yaml"})),
		writable("everybody may write to the file", 0o646),
		writable("its group may write to the file", 0o664),

		rules("a host beside COOKIE_DOMAIN", "host_without_cookie", `rules: [{hosts: [app.other.localhost]}]`,
			env{"COOKIE_DOMAIN": "site.localhost", "CORS_ORIGINS": "http://app.other.localhost"}),
		rules("a host below, and no COOKIE_DOMAIN", "host_without_cookie", app, env{"CORS_ORIGINS": "http://app.site.localhost"}),
		rules("a host that CORS_ORIGINS does not name", "host_not_led_back", app, env{"COOKIE_DOMAIN": "site.localhost"}),
		rules("hosts below a domain, and none in CORS_ORIGINS", "host_not_led_back", `rules: [{hosts: ['*.apps.site.localhost']}]`,
			env{"COOKIE_DOMAIN": "site.localhost", "CORS_ORIGINS": "http://other.site.localhost"}),

		application("nobody listens at UPSTREAM_URL", "application_unreachable", func(t *testing.T, _ string) (string, string) {
			return "UPSTREAM_URL", "http://" + nobody(t)
		}),
		application("a name that nobody knows in UPSTREAMS", "application_unreachable", func(*testing.T, string) (string, string) {
			return "UPSTREAMS", "/api=http://application.invalid:8000"
		}),
		application("https where the application speaks http", "application_unreachable", func(t *testing.T, _ string) (string, string) {
			return "UPSTREAM_URL", "https://" + serving(t, false)
		}),
		application("http where the application speaks TLS", "application_unreachable", func(t *testing.T, _ string) (string, string) {
			return "UPSTREAMS", "/api=http://" + serving(t, true)
		}),
		application("a certificate that nobody trusts", "application_unreachable", func(t *testing.T, _ string) (string, string) {
			return "UPSTREAM_URL", "https://" + serving(t, true)
		}),
		application("the address of this server, LISTEN_ADDR", "upstream_loop", func(_ *testing.T, own string) (string, string) {
			return "UPSTREAM_URL", "http://" + own
		}),
		application("PUBLIC_URL as an application", "upstream_loop", func(_ *testing.T, own string) (string, string) {
			return "UPSTREAMS", "/api=" + strings.Replace("http://"+own, "127.0.0.1", "localhost", 1)
		}),
	}
}
