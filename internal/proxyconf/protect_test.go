package proxyconf

import (
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestEachTakesClaimsAwayAndSetsIdentity: whatever the proxy, these facts are in what it is told.
func TestEachTakesClaimsAwayAndSetsIdentity(t *testing.T) {
	for _, name := range Names {
		for _, bearer := range []bool{false, true} {
			d := Deployment{Public: at(t, "https://auth.example.com"), Listen: "127.0.0.1:8080", Bearer: bearer}
			for _, text := range []string{"app.example.com=http://127.0.0.1:3000", "other.example.com=https://10.0.0.7"} {
				p, err := ParseProtected(text)
				if err != nil {
					t.Fatal(err)
				}
				d.Protect = append(d.Protect, p)
			}
			text := written(t, name, d)
			if name == "haproxy" {
				var script strings.Builder
				if err := Script(&script); err != nil {
					t.Fatal(err)
				}
				text += script.String()
			}
			lower := strings.ToLower(text)
			for _, want := range slices.Concat(Identity, Claims, []string{"app.example.com", "other.example.com", "127.0.0.1:3000", "CORS_ORIGINS=https://app.example.com,https://other.example.com", "COOKIE_DOMAIN=example.com"}) {
				if name == "envoy" {
					want = strings.TrimSuffix(want, ":3000")
				}
				if !strings.Contains(lower, strings.ToLower(want)) {
					t.Errorf("%s lacks %s", name, want)
				}
			}
			if strings.Contains(text, "<no value>") || strings.Contains(text, "{{") {
				t.Errorf("%s: a template shows through", name)
			}
			for line := range strings.Lines(text) {
				if strings.TrimRight(line, " \t\n") != strings.TrimSuffix(line, "\n") {
					t.Errorf("%s: a line ends in blanks: %q", name, line)
				}
			}
			var tree map[string]any
			if name == "traefik" || name == "envoy" {
				if err := yaml.Unmarshal([]byte(text), &tree); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			// Each says by a line of its own that Authorization goes.
			drops := map[string]string{
				"nginx": `proxy_set_header Authorization "";`, "caddy": "request_header -Authorization", "haproxy": " none if is_app1",
				"traefik": `Authorization: ""`, "envoy": "- remove: authorization",
			}[name]
			if strings.Contains(text, drops) == bearer {
				t.Errorf("%s with bearer %t: %q", name, bearer, drops)
			}
		}
	}
}

func TestWhatCanBeProtected(t *testing.T) {
	for _, wrong := range []string{
		"", "app", "app.example.com", "=http://x", "app.example.com=", "app.example.com=ftp://x", "app.example.com=http://u:p@x", "app.example.com=http://x/path",
		"APP.example.com=http://x", "app.example.com:443=http://x", "app example=http://x", "app.example.com;=http://x", ".example.com=http://x", "app.=http://x",
	} {
		if p, err := ParseProtected(wrong); err == nil {
			t.Errorf("%q is %v", wrong, p)
		}
	}
	for hosts, want := range map[string]string{
		"auth.example.com app.example.com": "example.com", "example.com app.example.com": "example.com", "auth.example.com": "",
		"auth.a.example.com app.b.example.com": "example.com", "auth.com app.com": "", "auth.example.com app.example.org": "", "auth.example.com auth.example.com": "",
	} {
		if got := shared(strings.Fields(hosts)); got != want {
			t.Errorf("%s: %q", hosts, got)
		}
	}
}
