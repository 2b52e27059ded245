package config

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestLacks(t *testing.T) {
	type env = []string
	plain, secure := "PUBLIC_URL=http://auth.example.com", "PUBLIC_URL=https://auth.example.com"
	for _, c := range []struct {
		note   string
		env    env
		policy string
		origin string
		want   Lack
		gives  []string
	}{
		{"ours", env{secure}, "", "https://auth.example.com", Lack{}, nil},
		{"all is set", env{secure, "CORS_ORIGINS=https://app.example.com", "COOKIE_DOMAIN=example.com"}, "", "https://app.example.com", Lack{}, nil},
		{
			"nothing is set",
			env{secure},
			"", "https://app.example.com",
			Lack{Origin: true, Domain: true},
			[]string{"CORS_ORIGINS=https://app.example.com", "COOKIE_DOMAIN=example.com"},
		},
		{
			"another one is set",
			env{secure, "CORS_ORIGINS=https://one.example.com", "COOKIE_DOMAIN=example.com"},
			"", "https://app.example.com",
			Lack{Origin: true},
			[]string{"CORS_ORIGINS=https://one.example.com,https://app.example.com"},
		},
		{
			"a narrower domain",
			env{"PUBLIC_URL=https://auth.in.example.com", "CORS_ORIGINS=https://app.example.com", "COOKIE_DOMAIN=in.example.com"},
			"",
			"https://app.example.com",
			Lack{Domain: true},
			[]string{"COOKIE_DOMAIN=example.com"},
		},
		{
			"another port",
			env{plain + ":8080", "CORS_ORIGINS=http://app.example.com", "COOKIE_DOMAIN=example.com"},
			"", "http://app.example.com:8080",
			Lack{Origin: true},
			[]string{"CORS_ORIGINS=http://app.example.com,http://app.example.com:8080"},
		},
		{"an application of UPSTREAMS", env{secure, "UPSTREAMS=app.example.com/=http://127.0.0.1:1", "COOKIE_DOMAIN=example.com"}, "", "https://app.example.com", Lack{}, nil},
		{
			"another site",
			env{secure, "COOKIE_DOMAIN=example.com"},
			"", "https://app.example.org",
			Lack{Never: "has no domain in common with PUBLIC_URL, so that no browser sends the session cookie there"},
			nil,
		},
		{
			"a neighbour below a public suffix",
			env{"PUBLIC_URL=https://auth.github.io"},
			"", "https://other.github.io",
			Lack{Never: "has no domain in common with PUBLIC_URL, so that no browser sends the session cookie there"},
			nil,
		},
		{
			"plain http",
			env{secure, "COOKIE_DOMAIN=example.com"},
			"", "http://app.example.com",
			Lack{Never: "is opened by plain http, where browsers do not send the session cookie, since PUBLIC_URL is https"},
			nil,
		},
		{"an address that scanners ask for", env{secure}, "", "https://203.0.113.5", Lack{}, nil},
		{
			"rules of another host",
			env{secure, "CORS_ORIGINS=https://app.example.com", "COOKIE_DOMAIN=example.com"},
			"rules: [{hosts: [one.example.com], allow: everyone}]",
			"https://app.example.com",
			Lack{Rule: true},
			[]string{"a rule in FILE, such as   - {hosts: [app.example.com]}"},
		},
		{
			"rules of every host",
			env{secure, "COOKIE_DOMAIN=example.com"},
			"rules: [{paths: ['/**']}]", "https://app.example.com",
			Lack{Origin: true},
			[]string{"CORS_ORIGINS=https://app.example.com"},
		},
		{"rules of a host that config check tells of", env{secure}, "rules: [{hosts: ['*.example.com']}]", "https://app.example.com", Lack{}, nil},
	} {
		t.Run(c.note, func(t *testing.T) {
			all := append(env{"ENVIRONMENT=test", "DATA_DIR=" + t.TempDir()}, c.env...)
			file := filepath.Join(t.TempDir(), "policy.yaml")
			if c.policy != "" {
				if err := os.WriteFile(file, []byte(c.policy), 0o600); err != nil {
					t.Fatal(err)
				}
				all = append(all, "POLICY_FILE="+file)
			}
			cfg, err := Load(Sources{Env: all})
			if err != nil {
				t.Fatal(err)
			}
			if got := cfg.Lacks(c.origin); got != c.want {
				t.Errorf("lacks %+v, want %+v", got, c.want)
			}
			for i := range c.gives {
				if c.policy != "" && c.want.Rule {
					c.gives[i] = "a rule in " + file + ", such as   - {hosts: [app.example.com]}"
				}
			}
			if got := cfg.Gives(c.origin); !reflect.DeepEqual(got, c.gives) {
				t.Errorf("gives %q, want %q", got, c.gives)
			}
		})
	}
}
