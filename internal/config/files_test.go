package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestYAMLFaults(t *testing.T) {
	for _, row := range []struct{ name, text, variable, says string }{
		{"unknown key", "sesion_limit: 3", "sesion_limit", "Did you mean SESSION_LIMIT?"},
		{"a key of another program", "secret_key: x", "secret_key", "Did you mean JWT_SECRET_KEY?"},
		{"mixed case", "Public_Url: http://localhost", "Public_Url", "Did you mean PUBLIC_URL?"},
		{"sections", "session:\n  limit: 3", "session", "no setting"},
		{"twice", "session_limit: 3\nSESSION_LIMIT: 4", "SESSION_LIMIT", "the other is line 1"},
		{"a map for a value", "session_limit: {n: 3}", "SESSION_LIMIT", "single value"},
		{"a list for a value", "session_limit: [3]", "SESSION_LIMIT", "single value"},
		{"lists in a list", "cors_origins: [[https://a.example]]", "CORS_ORIGINS", "list of single values"},
		{"a number for a word", "registration: 3", "REGISTRATION", "closed or invite"},
		{"both forms", "metrics_token: x\nmetrics_token_file: y", "METRICS_TOKEN", "Both"},
		{"no YAML", "a: b: c", "--config", "not YAML"},
		{"a list", "- a", "--config", "list of settings"},
		{"two documents", "session_limit: 3\n---\nsession_limit: 4", "--config", "second document"},
	} {
		path := write(t, "c.yaml", row.text)
		f, ok := faultsOf(t, Sources{File: path})[row.variable]
		if !ok || !strings.Contains(f.String(), row.says) || !strings.HasPrefix(f.Origin, "file "+path) {
			t.Errorf("%s: %+v", row.name, f)
		}
	}
	if f := faultsOf(t, Sources{File: filepath.Join(t.TempDir(), "absent.yaml")})["--config"]; !strings.Contains(f.Problem, "no such file") {
		t.Errorf("an absent file: %+v", f)
	}
}

func TestYAMLMayBeEmptyAndHoldNothing(t *testing.T) {
	for _, text := range []string{"", "# only comments\n", "---\n", "public_url:\nsession_limit: ~\n", "PUBLIC_URL: http://localhost:8080"} {
		c := mustLoad(t, Sources{File: write(t, "c.yaml", text)})
		if c.SessionLimit != 10 || c.PublicURL.String() != "http://localhost:8080" {
			t.Errorf("%q changed something", text)
		}
	}
}

func TestYAMLWords(t *testing.T) {
	c := mustLoad(t, Sources{File: write(t, "c.yaml", "legacy_tokens: off\npassword_upgrade: false\nhsts_include_subdomains: on\n")})
	if c.LegacyTokens || c.PasswordUpgrade || !c.HSTSIncludeSubdomains {
		t.Errorf("%+v", c)
	}
}

func TestDotEnvIsReadInDevelopmentOnly(t *testing.T) {
	dot := write(t, ".env", "SESSION_LIMIT=3\n")
	for _, row := range []struct {
		name  string
		env   []string
		limit int
	}{
		{"nothing said", nil, 3},
		{"development said", []string{"ENVIRONMENT=development"}, 3},
		{"test", []string{"ENVIRONMENT=test"}, 10},
		{"production", production(), 10},
	} {
		if c := mustLoad(t, Sources{Env: row.env, DotEnv: dot}); c.SessionLimit != row.limit {
			t.Errorf("%s: limit %d, want %d", row.name, c.SessionLimit, row.limit)
		}
	}
	if f := faultsOf(t, Sources{DotEnv: write(t, ".env", "ENVIRONMENT=production\n")})["ENVIRONMENT"]; !strings.Contains(f.Problem, "development only") {
		t.Errorf("a .env that chooses production was obeyed or overlooked: %+v", f)
	}
	mustLoad(t, Sources{DotEnv: filepath.Join(t.TempDir(), "absent")})
}

func TestDotEnvLines(t *testing.T) {
	for _, row := range []struct{ line, name, raw string }{
		{"A=b", "A", "b"},
		{"export A=b", "A", "b"},
		{"A = b # why", "A", "b"},
		{"A=b#c", "A", "b#c"}, // a # without a space before it belongs to the value
		{`A="b # c" # why`, "A", "b # c"},
		{`A="b\"c\nd\\"`, "A", "b\"c\nd\\"},
		{`A='b\n$C'`, "A", `b\n$C`},
		{"A=", "A", ""},
		{"A=b=c", "A", "b=c"},
	} {
		name, raw, p := dotEnvLine(row.line)
		if p != nil || name != row.name || raw != row.raw {
			t.Errorf("%s: %q %q %v", row.line, name, raw, p)
		}
	}
	f := faultsOf(t, Sources{DotEnv: write(t, ".env", "# x\n\nsesame\nB=\"sesame\nC='a' b\n")})[".env"]
	if f.Problem == "" {
		t.Error("a broken line was overlooked")
	}
	for _, line := range []string{"sesame", `B="sesame`, "C='sesame' b", "=sesame", "a b=sesame"} {
		if _, _, p := dotEnvLine(line); p == nil || strings.Contains(p.Error(), "sesame") {
			t.Errorf("%s: %v", line, p)
		}
	}
}

func TestNearMissesAreTold(t *testing.T) {
	for _, row := range []struct{ name, says string }{
		{"JWT_SECRET", "reads JWT_SECRET_KEY"},
		{"SECRET_KEY", "reads JWT_SECRET_KEY"},
		{"DATABSE_URL", "Did you mean DATABASE_URL?"},
		{"JWT_SECRET_KEY_FLIE", "Did you mean JWT_SECRET_KEY_FILE?"},
		{"AIWFE_PUBLIC_URL", "the name is PUBLIC_URL"},
		{"AIWFE_NONSENSE", "no setting of this name"},
		{"PUBLIC_URL_FILE", "no _FILE form"},
		{"COOKIE_DOMAINS", "Did you mean COOKIE_DOMAIN?"},
	} {
		c := mustLoad(t, Sources{Env: []string{row.name + "=sesame"}})
		if !warned(c, row.name+" is set") || !warned(c, row.says) || warned(c, "sesame") {
			t.Errorf("%s: %q", row.name, c.Warnings())
		}
	}
	// What stands in every environment is nobody's mistake.
	c := mustLoad(t, Sources{Env: []string{
		"PATH=/bin", "HOME=/root", "PWD=/", "TERM=x", "LANG=C", "HOSTNAME=h", "USER=u", "LOGNAME=u", "MAIL=/var/mail/u", "POSTGRES_PASSWORD=x",
		"REDIS_PORT=tcp://1", "KUBERNETES_PORT=x", "XDG_DATA_DIRS=/x", "AIWFE_TEST_POSTGRES=x", "PERL=x", "=x", "broken",
	}})
	if len(c.Warnings()) != 0 {
		t.Errorf("false alarms: %q", c.Warnings())
	}
	// Beside the right name the other one belongs to another program.
	c = mustLoad(t, Sources{Env: []string{"JWT_SECRET_KEY=" + strongJWT, "SECRET_KEY=x"}})
	if len(c.Warnings()) != 0 {
		t.Errorf("false alarm: %q", c.Warnings())
	}
}
