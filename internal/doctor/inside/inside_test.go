package inside

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aiwfe/aiwfe-auth/api"
	"github.com/aiwfe/aiwfe-auth/internal/config"
	"github.com/aiwfe/aiwfe-auth/internal/doctor"
)

// Keys of the kind that production takes.
const (
	signing = "kP3v9sXq7LmZt2RbW8yNcE5uHaJd4GfTo6iVx1QrSpDk0wBn"
	sealing = "Yh7Qe2LwZr9TmXk4VbNc8JsPd5GfUa3RtEo6iHv1SqDy0xBu"
)

// strict is the environment of a site for everybody, with what is changed.
func strict(changes map[string]string) map[string]string {
	env := map[string]string{
		"ENVIRONMENT": "production", "PUBLIC_URL": "https://auth.example.com", "TRUSTED_PROXIES": "127.0.0.1",
		"JWT_SECRET_KEY": signing, "DATA_ENCRYPTION_KEY": sealing,
	}
	maps.Copy(env, changes)
	return env
}

// look makes the named checks alone, so that nothing of the network is asked.
func look(t *testing.T, env map[string]string, change func(*Options), names ...string) api.Diagnosis {
	t.Helper()
	o := Options{}
	var list []string
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	if env["DATA_DIR"] == "" {
		list = append(list, "DATA_DIR="+t.TempDir())
	}
	o.Config, o.Problem = config.Load(config.Sources{Env: list})
	if change != nil {
		change(&o)
	}
	all, done := Checks(o)
	t.Cleanup(done)
	all = slices.DeleteFunc(all, func(c doctor.Check) bool { return !slices.Contains(names, c.Name) })
	if len(all) != len(names) {
		t.Fatalf("of the checks %v there are %d", names, len(all))
	}
	return doctor.Diagnose(context.Background(), "a test", all)
}

func wants(t *testing.T, d api.Diagnosis, want ...api.Cause) {
	t.Helper()
	var got []api.Cause
	for _, f := range d.Findings {
		got = append(got, f.Code)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found %v, want %v\n%+v", got, want, d.Findings)
	}
}

func noted(d api.Diagnosis, code string) bool {
	return slices.ContainsFunc(d.Notes, func(n api.Note) bool { return n.Code == code })
}

// settingChecks are those that ask nobody.
var settingChecks = []string{"config", "environment", "settings_address", "settings_database", "settings_mail", "settings", "secrets", "leftovers"}

func TestSoundSettingsHaveNoFinding(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"nothing set":                    {},
		"a laptop":                       {"PUBLIC_URL": "http://localhost:3000", "LISTEN_ADDR": ":3000"},
		"a laptop by its address":        {"ENVIRONMENT": "development", "PUBLIC_URL": "http://192.168.1.20:8080"},
		"a name of the office":           {"ENVIRONMENT": "development", "PUBLIC_URL": "http://auth.dev.internal"},
		"other programs' names":          {"NODE_ENV": "development", "SECRET_KEY": "x", "SMTP_HOST": "mail", "REDIS_HOST": "r", "BASE_URL": "/"},
		"the same address twice":         {"PUBLIC_URL": "http://localhost:8080", "SITE_URL": "http://localhost:8080/"},
		"a site":                         strict(nil),
		"a site that shares its cookies": strict(map[string]string{"COOKIE_DOMAIN": "example.com", "CORS_ORIGINS": "https://app.example.com"}),
		"a site at a free host":          strict(map[string]string{"PUBLIC_URL": "https://me.duckdns.org"}),
		"a site below a free host":       strict(map[string]string{"PUBLIC_URL": "https://auth.me.duckdns.org", "COOKIE_DOMAIN": "me.duckdns.org"}),
		"production on this machine":     strict(map[string]string{"PUBLIC_URL": "http://localhost:8080", "LISTEN_ADDR": "127.0.0.1:8080"}),
		"production behind TLS here":     strict(map[string]string{"PUBLIC_URL": "https://localhost:8443", "LISTEN_ADDR": ":8080"}),
		"mail on this machine":           strict(map[string]string{"SMTP_URL": "smtp://localhost:25?starttls=none", "DATABASE_URL": "postgres://u:p@localhost/db"}),
		"a staging of the office":        strict(map[string]string{"ENVIRONMENT": "staging", "PUBLIC_URL": "https://auth.staging.lan", "CORS_ORIGINS": "http://localhost:3000"}),
		"networks of a cloud":            strict(map[string]string{"TRUSTED_PROXIES": "10.0.0.0/8,172.16.0.0/12,104.16.0.0/13,2400:cb00::/32"}),
	} {
		t.Run(name, func(t *testing.T) { wants(t, look(t, env, nil, settingChecks...)) })
	}
}

func TestWhatIsLeftOverFromDevelopment(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"an origin":            {"CORS_ORIGINS": "https://app.example.com,http://localhost:5173"},
		"an origin by address": {"CORS_ORIGINS": "http://192.168.1.20:5173"},
		"a sender":             {"MAIL_FROM": "no-reply@localhost", "SMTP_URL": "smtp://mail.example.com"},
		"an alias":             {"PUBLIC_ALIASES": "localhost:8080"},
		"a contact":            {"SECURITY_CONTACT": "https://localhost/security"},
	} {
		t.Run(name, func(t *testing.T) { wants(t, look(t, strict(env), nil, settingChecks...), "environment_mismatch") })
	}
}

func TestPasskeysNeedANameAndTLS(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"an address of digits": strict(map[string]string{"PUBLIC_URL": "https://203.0.113.9"}),
		"plain http":           strict(map[string]string{"PUBLIC_URL": "http://auth.example.com"}),
		"a name of one part":   strict(map[string]string{"PUBLIC_URL": "http://auth:8080"}),
	} {
		t.Run(name, func(t *testing.T) { wants(t, look(t, env, nil, settingChecks...), "passkey_unusable") })
	}
	d := look(t, map[string]string{"PUBLIC_URL": "http://127.0.0.1:8080"}, nil, settingChecks...)
	if wants(t, d); !noted(d, "passkey_unusable") {
		t.Errorf("in development it is worth a note: %v", d.Notes)
	}
}

func TestTwoFaultsAreTwoFindings(t *testing.T) {
	d := look(t, strict(map[string]string{"COOKIE_DOMAIN": "co.uk", "JWT_SECRET_KEY": `"` + signing + `"`, "SESSION_CHECK": "never"}), nil, settingChecks...)
	wants(t, d, "cookie_public_suffix", "secret_quoted", "config_invalid")
	for _, f := range d.Findings {
		if f.Evidence == "" || f.Expected == "" || f.Remedy == "" || !strings.Contains(f.Setting, "(environment)") {
			t.Errorf("%s says too little: %+v", f.Code, f)
		}
	}
}
